// Names of folders as users write them, where the server has another idea of
// them: "Archive/2026" may be "INBOX.Archive.2026" there.

#include <utility>

#include "app/imap_session.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

// More names than these are not typed.
constexpr std::size_t kMostNames = 1000;

}  // namespace

bool may_be_of_the_name(ErrorKind kind) {
  return kind == ErrorKind::no_such_item || kind == ErrorKind::rejected ||
         kind == ErrorKind::no_permission;
}

Result<imap::MailboxName> ImapSession::named(const std::string& name) {
  const auto other = renamed_.find(name);
  if (other != renamed_.end()) return imap::mailbox_from_utf8(other->second);
  auto mailbox = imap::mailbox_from_utf8(name);
  if (mailbox && mailbox->utf8 != "INBOX" && literal_.size() < kMostNames) {
    literal_.insert(name);
  }
  return mailbox;
}

bool ImapSession::reconsiders(const Error& refusal) {
  return may_be_of_the_name(refusal.kind) && look_ahead();
}

std::optional<imap::MailboxName> ImapSession::other_name(
    const std::string& typed) const {
  const auto other = renamed_.find(typed);
  if (other == renamed_.end()) return std::nullopt;
  auto mailbox = imap::mailbox_from_utf8(other->second);
  if (!mailbox) return std::nullopt;
  return *std::move(mailbox);
}

bool ImapSession::look_ahead() {
  if (literal_.empty()) return false;
  auto changed = look_names_up();
  // What is wrong with the session shows in what is done next.
  return changed && *changed;
}

// One LIST a name; a name that is there as it was typed means that folder.
Result<bool> ImapSession::look_names_up() {
  auto space = client_.personal_namespace();
  if (!space) return std::move(space).error();
  const auto names = std::exchange(literal_, {});
  std::map<std::string, std::string> others;
  client::ListQuestion question;
  for (const auto& name : names) {
    auto other = *space ? client::name_within(**space, name) : name;
    if (other == name) continue;
    question.patterns.push_back(name);
    others.emplace(name, std::move(other));
  }
  if (others.empty()) return false;
  auto listed = client_.list(question);
  if (!listed) return std::move(listed).error();
  for (const auto& mailbox : *listed) {
    const bool there =
        !mailbox.has("\\Noselect") && !mailbox.has("\\NonExistent");
    if (there) others.erase(mailbox.list.mailbox.utf8);
  }
  const bool changed = !others.empty();
  renamed_.merge(others);
  return changed;
}

}  // namespace mailtool::app
