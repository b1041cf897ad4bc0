#include "mailtool/client/imap_missing.h"

#include <utility>

namespace mailtool::client {

// server_said is as imap_refusal() has it: "NO [CODE] text".
bool may_be_missing(const Error& refusal) {
  if (refusal.kind == ErrorKind::no_such_item) return true;
  const std::string_view said = refusal.server_said;
  return refusal.kind == ErrorKind::rejected && said.starts_with("NO") &&
         !said.starts_with("NO [");
}

Result<void> create_missing(ImapClient& client,
                            const imap::MailboxName& mailbox, Error refusal) {
  if (!may_be_missing(refusal)) return refusal;
  auto made = client.create(mailbox);
  const bool guessed = refusal.kind != ErrorKind::no_such_item;
  const bool refused_too = !made && !made.error().server_said.empty();
  if (!guessed || !refused_too) return made;
  return std::move(refusal).with_hint("CREATE was refused too: " +
                                      made.error().server_said);
}

}  // namespace mailtool::client
