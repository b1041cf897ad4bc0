// What comes to a name server. Properties: an answer has the question's number
// and is an answer, never longer than the asker takes, and the same each time;
// it is never answered itself.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mailtool/net/name_zone.h"

using mailtool::net::IpAddress;
using mailtool::net::NameZone;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  NameZone zone;
  const auto added = zone.add("a.test", *IpAddress::parse("127.0.0.1"),
                              *IpAddress::parse("::1"));
  if (!added) std::abort();
  const std::string_view message(reinterpret_cast<const char*>(data), n);
  for (const bool udp : {true, false}) {
    const auto answer = zone.answer(message, udp);
    if (!answer) continue;
    const bool ours = answer->size() >= 12 &&
                      answer->substr(0, 2) == message.substr(0, 2) &&
                      (static_cast<unsigned char>((*answer)[2]) & 0x80U) != 0;
    if (!ours || (udp && answer->size() > NameZone::kUdpOctets) ||
        zone.answer(message, udp) != answer || zone.answer(*answer, udp)) {
      std::abort();
    }
  }
  return 0;
}
