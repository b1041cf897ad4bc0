// Deletion for good: UID STORE and UID EXPUNGE (RFC 4315 section 2.1).

#include <utility>

#include "mailtool/client/imap_client.h"

namespace mailtool::client {

Result<bool> ImapClient::can_expunge_some() {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  return (*offered)->has("UIDPLUS") || (*offered)->has("IMAP4REV2");
}

Result<MoveOutcome> ImapClient::erase(const imap::SequenceSet& uids,
                                      bool allow_marked) {
  auto can_expunge = can_expunge_some();
  if (!can_expunge) return std::move(can_expunge).error();
  if (!*can_expunge && !allow_marked) {
    return Error{ErrorKind::unsupported,
                 "the server has no UIDPLUS: it can only expunge all messages "
                 "marked \\Deleted, whoever marked them",
                 "UID EXPUNGE",
                 {},
                 "--allow-marked marks the messages \\Deleted and leaves them"};
  }
  if (auto marked = store(uids, true, {"\\Deleted"}); !marked) {
    return std::move(marked).error();
  }
  if (!*can_expunge) {
    return MoveOutcome{MoveOutcome::Method::marked, std::nullopt, {}};
  }
  auto gone = change("UID EXPUNGE", uids, [](imap::CommandBuilder&) {});
  if (!gone) {
    return std::move(gone).error().with_hint(
        "the messages are marked \\Deleted");
  }
  MoveOutcome outcome{MoveOutcome::Method::expunged, std::nullopt, {}};
  // They had gone before.
  if (changed_.nothing) outcome.messages = 0;
  return outcome;
}

}  // namespace mailtool::client
