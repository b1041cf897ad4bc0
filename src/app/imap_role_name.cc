#include "app/imap_role_name.h"

#include <array>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

struct RoleName {
  std::string_view role;
  std::string_view name;
};

// What servers and programs call these folders, the commonest name first.
constexpr std::array<RoleName, 21> kNames{{
    {"sent", "Sent"},
    {"sent", "Sent Items"},
    {"sent", "Sent Messages"},
    {"sent", "Sent Mail"},
    {"sent", "[Gmail]/Sent Mail"},
    {"drafts", "Drafts"},
    {"drafts", "Draft"},
    {"drafts", "[Gmail]/Drafts"},
    {"trash", "Trash"},
    {"trash", "Deleted Items"},
    {"trash", "Deleted Messages"},
    {"trash", "Deleted"},
    {"trash", "[Gmail]/Trash"},
    {"junk", "Junk"},
    {"junk", "Spam"},
    {"junk", "Junk E-mail"},
    {"junk", "Junk Email"},
    {"junk", "Bulk Mail"},
    {"junk", "[Gmail]/Spam"},
    {"archive", "Archive"},
    {"archive", "Archives"},
}};

// "INBOX.Trash" as "Trash": where all folders have to be below INBOX.
std::string_view below_inbox(const client::ListedMailbox& mailbox) {
  std::string_view name = mailbox.list.mailbox.utf8;
  const auto& delimiter = mailbox.list.delimiter;
  const auto inbox = "INBOX" + delimiter;
  if (!delimiter.empty() && iequals(name.substr(0, inbox.size()), inbox)) {
    name.remove_prefix(inbox.size());
  }
  return name;
}

}  // namespace

const client::ListedMailbox* by_role_name(
    std::string_view role,
    const std::vector<client::ListedMailbox>& mailboxes) {
  for (const auto& known : kNames) {
    if (known.role != role) continue;
    for (const auto& mailbox : mailboxes) {
      if (mailbox.has("\\Noselect") || mailbox.has("\\NonExistent")) continue;
      if (iequals(below_inbox(mailbox), known.name)) return &mailbox;
    }
  }
  return nullptr;
}

}  // namespace mailtool::app
