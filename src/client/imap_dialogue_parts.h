/// \file
/// What the parts of ImapDialogue share.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "mailtool/base/printable.h"
#include "mailtool/base/result.h"
#include "mailtool/imap/response.h"

namespace mailtool::client {

inline std::string tag_of(std::uint32_t number) {
  return "A" + std::to_string(number);
}

inline Error broken(std::string what) {
  return Error{ErrorKind::protocol, std::move(what)};
}

inline Error said_bye(const imap::StatusResponse& bye) {
  return Error{ErrorKind::disconnected,
               "the server ended the session",
               {},
               printable(bye.shown())};
}

}  // namespace mailtool::client
