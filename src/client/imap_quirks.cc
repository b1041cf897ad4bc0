#include "mailtool/client/imap_quirks.h"

#include "mailtool/base/ascii.h"

namespace mailtool::client {

// Tests: tests/dialogue/imap/quirks_test.cc.
ImapQuirks quirks_of(const imap::StatusResponse& greeting) {
  ImapQuirks quirks;
  if (lower(greeting.text).find("coremail") != std::string::npos) {
    quirks.id_before_select = true;
    quirks.no_initial_response = true;
  }
  return quirks;
}

}  // namespace mailtool::client
