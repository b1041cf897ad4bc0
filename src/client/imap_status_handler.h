/// \file
/// StatusHandler: takes the STATUS of one mailbox.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "mailtool/client/imap_dialogue.h"
#include "mailtool/imap/capability.h"
#include "mailtool/imap/response.h"

namespace mailtool::client {

class StatusHandler : public ImapHandler {
 public:
  explicit StatusHandler(std::string wire) : wire_(std::move(wire)) {}
  Result<bool> on_data(imap::Response& data) override {
    auto* status = std::get_if<imap::StatusData>(&data);
    if (status == nullptr || status->mailbox.wire != wire_) return false;
    found = std::move(*status);
    return true;
  }
  std::optional<imap::StatusData> found;

 private:
  std::string wire_;
};

/// What STATUS is asked for.
inline std::string status_items(const imap::Capabilities& offered,
                                bool only_changes = false) {
  if (only_changes) {
    return offered.has("CONDSTORE") || offered.has("QRESYNC")
               ? "(MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)"
               : "(MESSAGES UIDNEXT UIDVALIDITY)";
  }
  return offered.has("STATUS=SIZE") || offered.has("IMAP4REV2")
             ? "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY SIZE)"
             : "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)";
}

}  // namespace mailtool::client
