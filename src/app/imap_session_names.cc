// Names of folders as users write them, where the server has another idea of
// them: "Archive/2026" may be "INBOX.Archive.2026" there.

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "app/imap_folder_refusal.h"
#include "app/imap_mirror_choice.h"
#include "app/imap_session.h"
#include "app/output.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using client::ListedMailbox;

// More names than these are not typed.
constexpr std::size_t kMostNames = 1000;

struct Name {
  std::string typed;
  std::string other;
  bool created;
  bool other_usable = false;
  bool there = false;    // the name as typed, though not listed
  bool missing = false;  // the same, for sure
};

// server_said is as imap_refusal() has it: "NO [CODE] text". Other codes than
// these are of something else than the name.
bool says_of_the_name(const Error& refusal) {
  const std::string_view said = refusal.server_said;
  if (!said.starts_with("NO [")) return may_be_of_the_name(refusal.kind);
  constexpr std::array<std::string_view, 4> kCodes{"NONEXISTENT", "TRYCREATE",
                                                   "CANNOT", "NOPERM"};
  return std::any_of(kCodes.begin(), kCodes.end(), [&](auto code) {
    return said.substr(4).starts_with(code);
  });
}

bool is_pattern(std::string_view name) {
  return name.find_first_of("*%") != name.npos;
}

bool usable(const ListedMailbox& mailbox) {
  return !mailbox.has("\\Noselect") && !mailbox.has("\\NonExistent");
}

// The listed mailboxes, to be asked for names and patterns.
class Listing {
 public:
  Listing(const std::vector<ListedMailbox>& listed,
          const client::PersonalNamespace& space)
      : listed_(listed), space_(space) {
    for (const auto& one : listed) {
      // "Inbox." is "INBOX." (RFC 9051 section 5.1).
      auto name = with_prefix(one.list.mailbox.utf8);
      if (usable(one)) usable_.insert(name);
      all_.insert(std::move(name));
    }
  }

  [[nodiscard]] bool has(const std::string& name, bool to_use) const {
    if (!is_pattern(name)) {
      return (to_use ? usable_ : all_).contains(with_prefix(name));
    }
    return std::any_of(listed_.begin(), listed_.end(), [&](const auto& one) {
      return (!to_use || usable(one)) &&
             matches_mailbox(name, one.list.mailbox.utf8, one.list.delimiter);
    });
  }

 private:
  [[nodiscard]] std::string with_prefix(const std::string& name) const {
    const auto size = space_.prefix.size();
    return upper(space_.prefix).starts_with("INBOX") &&
                   iequals(std::string_view(name).substr(0, size),
                           space_.prefix)
               ? space_.prefix + name.substr(size)
               : name;
  }

  const std::vector<ListedMailbox>& listed_;
  const client::PersonalNamespace& space_;
  std::unordered_set<std::string> all_;
  std::unordered_set<std::string> usable_;
};

// Those of `names` that may be called otherwise in `space`.
std::vector<Name> candidates(const std::set<std::string>& names,
                             const std::set<std::string>& created,
                             const client::PersonalNamespace& space) {
  std::vector<Name> found;
  for (const auto& name : names) {
    auto other = client::name_within(space, name);
    if (other == name || client::lies_elsewhere(space, name) ||
        client::lies_elsewhere(space, other)) {
      continue;
    }
    found.push_back({name, std::move(other), created.contains(name)});
  }
  return found;
}

// Leaves those that are not known to be there as they were typed, but may be, or
// may be created, otherwise. A server need not list all that it has, so that
// STATUS is to say what is missing.
Result<void> look_at(client::ImapClient& client,
                     const client::PersonalNamespace& space,
                     std::vector<Name>& names) {
  if (names.empty()) return {};
  client::ListQuestion question;
  for (const auto& name : names) {
    question.patterns.push_back(name.typed);
    question.patterns.push_back(name.other);
  }
  auto listed = client.list(question);
  if (!listed) return std::move(listed).error();
  const Listing listing(*listed, space);
  std::erase_if(names, [&](Name& name) {
    name.other_usable = listing.has(name.other, true);
    return listing.has(name.typed, true) ||
           (!name.other_usable && !name.created);
  });
  if (names.empty()) return {};
  std::vector<imap::MailboxName> mailboxes;
  for (const auto& name : names) {
    auto mailbox = client.mailbox(name.typed);
    if (!mailbox) return std::move(mailbox).error();
    mailboxes.push_back(*std::move(mailbox));
  }
  auto counted = client.status_of_each(mailboxes);
  if (!counted) return std::move(counted).error();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& one = (*counted)[i];
    names[i].there = one.has_value();
    names[i].missing = !one && says_missing(one.error()) &&
                       !listing.has(names[i].typed, false);
  }
  std::erase_if(names, [](const Name& name) { return name.there; });
  return {};
}

}  // namespace

bool may_be_of_the_name(ErrorKind kind) {
  return kind == ErrorKind::no_such_item || kind == ErrorKind::rejected ||
         kind == ErrorKind::no_permission;
}

Result<imap::MailboxName> ImapSession::named(const std::string& name) {
  const auto other = renamed_.find(name);
  if (other != renamed_.end()) return client_.mailbox(other->second);
  auto mailbox = client_.mailbox(name);
  if (mailbox && mailbox->utf8 != "INBOX" && literal_.size() < kMostNames) {
    literal_.insert(name);
  }
  return mailbox;
}

std::optional<imap::MailboxName> ImapSession::other_name(
    const std::string& name) const {
  const auto other = renamed_.find(name);
  if (other == renamed_.end()) return std::nullopt;
  auto mailbox = imap::mailbox_from_utf8(other->second, client_.names());
  if (!mailbox) return std::nullopt;
  return *std::move(mailbox);
}

bool ImapSession::reconsiders(const Error& refusal,
                              const std::vector<std::string>& created) {
  return says_of_the_name(refusal) && look_ahead(created);
}

bool ImapSession::look_ahead(const std::vector<std::string>& created) {
  auto changed = look_names_up(created);
  // What is wrong with the session shows in what is done next.
  return changed && *changed;
}

Result<bool> ImapSession::look_names_up(
    const std::vector<std::string>& created) {
  auto names = std::exchange(literal_, {});
  std::set<std::string> to_create;
  for (const auto& typed : created) {
    const auto name = name_meant(typed);
    // Not what folder() gave otherwise, as for "@trash".
    if (renamed_.contains(name)) continue;
    if (!names.contains(name) && !kept_.contains(name)) continue;
    to_create.insert(name);
    names.insert(name);
  }
  if (names.empty()) return false;
  if (kept_.size() < kMostNames) kept_.insert(names.begin(), names.end());
  auto space = client_.personal_namespace();
  if (!space) return std::move(space).error();
  if (!*space) return false;
  auto found = candidates(names, to_create, **space);
  if (auto looked = look_at(client_, **space, found); !looked) {
    return std::move(looked).error();
  }
  bool changed = false;
  for (auto& name : found) {
    const auto shown = printable(name.other, 200);
    const bool to_make = name.created && !name.other_usable &&
                         !client::any_may_lie_elsewhere(**space);
    if (name.missing && (name.other_usable || to_make)) {
      if (to_make && !quiet_) {
        warn("imap", printable(name.typed, 200) + " is called " + shown +
                         " here");
      }
      renamed_[name.typed] = std::move(name.other);
      changed = true;
    } else if (!quiet_) {
      warn("imap", "is " + shown + " meant? It is taken by that name alone");
    }
  }
  return changed;
}

}  // namespace mailtool::app
