/// \file
/// What must hold for any server's session, whatever a client sends.
#pragma once

#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

#include "mailtool/serve/session.h"

namespace mailtool::serve {

/// All that the session says to `input`, fed `chunk` octets at a time: it always
/// goes on, and what it says does not grow without measure.
inline std::string said_to(Session& session, std::string_view input,
                           std::size_t chunk,
                           const std::function<void()>& settle) {
  std::string said;
  session.begin(said);
  std::size_t rounds = 0;
  while (session.wait() != Wait::close) {
    if (++rounds > 4'000'000 || said.size() > 64 * 1024 * 1024) std::abort();
    if (session.wait() == Wait::room) {
      session.more(said);
    } else if (session.wait() == Wait::verdict) {
      settle();
      session.settled(said);
    } else if (session.wait() == Wait::tls) {
      session.secured({}, said);
    } else {
      if (input.empty()) break;
      const auto used = session.feed(input.substr(0, chunk), said);
      if (used == 0 && session.wait() == Wait::octets) std::abort();
      input.remove_prefix(used);
    }
  }
  return said;
}

}  // namespace mailtool::serve
