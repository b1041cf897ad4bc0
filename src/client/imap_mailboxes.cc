// Mailboxes: LIST, STATUS, CREATE and their like, SELECT.

#include <array>
#include <unordered_map>
#include <utility>

#include "client/imap_status_handler.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// More mailboxes than any server has, and all that fit a sensible memory.
constexpr std::size_t kMaxMailboxes = 500'000;

// Takes LIST or LSUB, and the STATUS lines between them.
class ListHandler : public ImapHandler {
 public:
  /// `complete` is called for each mailbox as soon as its STATUS has come too,
  /// where `with_status`; empty: nobody waits for them.
  using OnMailbox = std::function<Result<void>(const ListedMailbox&)>;
  ListHandler(std::vector<ListedMailbox>& into, const OnMailbox& complete,
              bool with_status)
      : into_(into), complete_(complete), with_status_(with_status) {}

  Result<bool> on_data(imap::Response& data) override {
    if (auto* list = std::get_if<imap::ListData>(&data)) {
      auto added = add(*list);
      if (auto told = hand_over(false); !told) return std::move(told).error();
      return added;
    }
    if (auto* status = std::get_if<imap::StatusData>(&data)) {
      const auto at = index_.find(status->mailbox.wire);
      if (at == index_.end()) {
        early_.push_back(std::move(*status));
        if (early_.size() > 1000) return too_many();
      } else {
        into_[at->second].status = std::move(*status);
      }
      if (auto told = hand_over(false); !told) return std::move(told).error();
      return true;
    }
    return false;
  }

  // Those at the front that are complete; or all that are left.
  Result<void> hand_over(bool all) {
    while (complete_ && handed_over_ < into_.size()) {
      auto& next = into_[handed_over_];
      const bool waits = with_status_ && !next.status &&
                         !next.has("\\Noselect") && !next.has("\\NonExistent");
      if (waits && !all) return {};
      if (auto told = complete_(next); !told) return told;
      ++handed_over_;
      // The name alone is remembered, in the index.
      next = {};
    }
    return {};
  }

  // STATUS lines that came before their LIST line.
  void settle() {
    for (auto& status : early_) {
      const auto at = index_.find(status.mailbox.wire);
      if (at != index_.end()) into_[at->second].status = std::move(status);
    }
  }

 private:
  static Error too_many() {
    return Error{ErrorKind::protocol,
                 "more mailboxes than " + std::to_string(kMaxMailboxes)};
  }

  Result<bool> add(imap::ListData& list) {
    if (++lines_ > kMaxMailboxes) return too_many();
    const auto [at, fresh] =
        index_.try_emplace(list.mailbox.wire, into_.size());
    // Two patterns may name the same mailbox.
    if (!fresh) return true;
    ListedMailbox mailbox;
    mailbox.list = std::move(list);
    mailbox.subscribed = mailbox.list.lsub || mailbox.has("\\Subscribed");
    into_.push_back(std::move(mailbox));
    return true;
  }

  std::vector<ListedMailbox>& into_;
  const OnMailbox& complete_;
  const bool with_status_;
  std::size_t handed_over_ = 0;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<imap::StatusData> early_;
  std::size_t lines_ = 0;
};

Result<std::vector<imap::MailboxName>> wire_patterns(
    const ListQuestion& question, imap::NameEncoding encoding) {
  std::vector<imap::MailboxName> patterns;
  for (const auto& pattern : question.patterns) {
    auto name = imap::mailbox_from_utf8(pattern, encoding);
    if (!name) return std::move(name).error();
    patterns.push_back(*std::move(name));
  }
  if (patterns.empty()) patterns.push_back({"*", "*"});
  return patterns;
}

// list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat
//        [SP list-return-opts]                         ; RFC 5258 section 6
Result<imap::Command> list_command(const ListQuestion& question,
                                   const imap::Capabilities& offered,
                                   const imap::MailboxName& pattern) {
  const bool extended =
      offered.has("LIST-EXTENDED") || offered.has("IMAP4REV2");
  if (!extended) {
    imap::CommandBuilder command(question.subscribed_only ? "LSUB" : "LIST");
    return command.text("\"\"").mailbox(pattern).build();
  }
  imap::CommandBuilder command("LIST");
  if (question.subscribed_only) command.text("(SUBSCRIBED)");
  command.text("\"\"").mailbox(pattern);
  std::string wanted;
  if (question.subscriptions && !question.subscribed_only) {
    wanted += " SUBSCRIBED";
  }
  if (question.special_use &&
      (offered.has("SPECIAL-USE") || offered.has("IMAP4REV2"))) {
    wanted += " SPECIAL-USE";
  }
  if (question.status &&
      (offered.has("LIST-STATUS") || offered.has("IMAP4REV2"))) {
    wanted += " STATUS " + status_items(offered, question.only_changes);
  }
  if (!wanted.empty()) command.text("RETURN (" + wanted.substr(1) + ")");
  return command.build();
}

}  // namespace

Result<std::vector<imap::Command>> list_commands(
    const ListQuestion& question, const imap::Capabilities& offered,
    imap::NameEncoding encoding) {
  auto patterns = wire_patterns(question, encoding);
  if (!patterns) return std::move(patterns).error();
  std::vector<imap::Command> commands;
  for (const auto& pattern : *patterns) {
    auto command = list_command(question, offered, pattern);
    if (!command) return std::move(command).error();
    commands.push_back(*std::move(command));
  }
  return commands;
}

bool ListedMailbox::has(std::string_view attribute) const {
  for (const auto& known : list.attributes) {
    if (iequals(known, attribute)) return true;
  }
  return false;
}

std::string ListedMailbox::special_use() const {
  constexpr std::array<std::string_view, 8> kUses{
      "\\All",  "\\Archive", "\\Drafts", "\\Flagged",
      "\\Junk", "\\Sent",    "\\Trash",  "\\Important"};
  for (const auto use : kUses) {
    if (has(use)) return std::string(use);
  }
  return iequals(list.mailbox.utf8, "INBOX") ? "\\Inbox" : "";
}

Result<std::vector<ListedMailbox>> ImapClient::list(
    const ListQuestion& question) {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  auto commands = list_commands(question, **offered, names());
  if (!commands) return std::move(commands).error();

  std::vector<ListedMailbox> mailboxes;
  const bool with_list =
      (*offered)->has("LIST-STATUS") || (*offered)->has("IMAP4REV2");
  // Without LIST-STATUS all is known at the end only.
  const bool streams = question.on_mailbox && (!question.status || with_list);
  const ListHandler::OnMailbox nobody;
  ListHandler handler(mailboxes, streams ? question.on_mailbox : nobody,
                      question.status);
  std::vector<std::uint32_t> tickets;
  for (const auto& command : *commands) {
    auto ticket = dialogue_.send(command, &handler, literal_mode());
    if (!ticket) return std::move(ticket).error();
    tickets.push_back(*ticket);
  }
  std::optional<Error> refused;
  for (const auto ticket : tickets) {
    auto done = dialogue_.await(ticket);
    if (!done) return std::move(done).error();
    if (done->status != imap::Status::ok && !refused) {
      refused = imap_refusal(*done, "LIST");
    }
  }
  // Part of a list is not presented as the whole.
  if (refused) return *std::move(refused);
  handler.settle();
  if (auto told = handler.hand_over(true); !told) return std::move(told).error();
  if (streams) return std::vector<ListedMailbox>();
  if (question.status && !with_list) {
    auto added = add_status(mailboxes, question.only_changes);
    if (!added) {
      return added.error();
    }
  }
  if (!question.on_mailbox) return mailboxes;
  for (const auto& mailbox : mailboxes) {
    if (auto told = question.on_mailbox(mailbox); !told) {
      return std::move(told).error();
    }
  }
  return std::vector<ListedMailbox>();
}

// Without LIST-STATUS: all STATUS commands in one flight.
Result<void> ImapClient::add_status(std::vector<ListedMailbox>& mailboxes,
                                    bool only_changes) {
  std::vector<std::size_t> asked;
  std::vector<imap::MailboxName> names;
  for (std::size_t i = 0; i < mailboxes.size(); ++i) {
    if (mailboxes[i].has("\\Noselect") || mailboxes[i].has("\\NonExistent")) {
      continue;
    }
    asked.push_back(i);
    names.push_back(mailboxes[i].list.mailbox);
  }
  auto found = status_of_each(names, only_changes);
  if (!found) return std::move(found).error();
  for (std::size_t i = 0; i < asked.size(); ++i) {
    // One mailbox that may not be looked into, or whose name may not be sent
    // back, spoils no list.
    if ((*found)[i]) mailboxes[asked[i]].status = *std::move((*found)[i]);
  }
  return {};
}

Result<imap::StatusData> ImapClient::status(const imap::MailboxName& mailbox) {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  imap::CommandBuilder command("STATUS");
  command.mailbox(mailbox).text(status_items(**offered));
  StatusHandler handler(mailbox.wire);
  if (auto done = run_ok(command, &handler); !done) {
    return std::move(done).error();
  }
  if (!handler.found) {
    return Error{ErrorKind::protocol, "the server sent no STATUS", "STATUS"};
  }
  return *std::move(handler.found);
}

Result<void> ImapClient::create(const imap::MailboxName& mailbox) {
  imap::CommandBuilder command("CREATE");
  // An APPEND before it may have changed the encoding.
  auto done = run_ok(command.mailbox(imap::in_encoding(mailbox, names())));
  if (!done) return std::move(done).error();
  return {};
}

Result<void> ImapClient::rename(const imap::MailboxName& from,
                                const imap::MailboxName& to) {
  imap::CommandBuilder command("RENAME");
  auto done = run_ok(command.mailbox(from).mailbox(to));
  if (!done) return std::move(done).error();
  return {};
}

}  // namespace mailtool::client
