// mailtool imap folders, folder create|rename|delete|subscribe|unsubscribe|
// status.

#include <algorithm>
#include <utility>

#include "app/imap_session.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using client::ListedMailbox;

constexpr std::size_t kShownName = 8 * 1024;

void number_or_null(JsonWriter& json, std::string_view name,
                    const std::optional<std::uint64_t>& number) {
  json.key(name).value(number);
}

Result<void> write_json(Output& out, const ListedMailbox& mailbox,
                        bool with_status) {
  JsonWriter json(out);
  json.begin_object().field("type", "folder");
  json.field("name", mailbox.list.mailbox.utf8);
  json.key("delimiter");
  if (mailbox.list.delimiter.empty()) {
    json.null();
  } else {
    json.value(mailbox.list.delimiter);
  }
  json.key("role");
  const auto role = role_of(mailbox);
  if (role.empty()) {
    json.null();
  } else {
    json.value(role);
  }
  json.field("subscribed", mailbox.subscribed);
  if (with_status) {
    const auto status = mailbox.status.value_or(imap::StatusData{});
    number_or_null(json, "messages", status.messages);
    number_or_null(json, "unseen", status.unseen);
    number_or_null(json, "size", status.size);
  }
  return json.end_object().end_line();
}

std::string count_text(const std::optional<std::uint64_t>& number) {
  return number ? std::to_string(*number) : "-";
}

// One field after the other: blanks to align on a terminal, tabs in a pipe.
class Row {
 public:
  explicit Row(bool aligned) : aligned_(aligned) {}
  Row& add(const std::string& text, std::size_t width) {
    if (!line_.empty()) line_ += aligned_ ? "  " : "\t";
    if (aligned_ && text.size() < width) {
      line_ += std::string(width - text.size(), ' ');
    }
    line_ += text;
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(line_) + "\n"; }

 private:
  bool aligned_;
  std::string line_;
};

std::size_t depth_of(const ListedMailbox& mailbox) {
  const auto& delimiter = mailbox.list.delimiter;
  if (delimiter.empty()) return 0;
  return static_cast<std::size_t>(std::count(mailbox.list.mailbox.utf8.begin(),
                                             mailbox.list.mailbox.utf8.end(),
                                             delimiter[0]));
}

std::string shown_name(const ListedMailbox& mailbox, bool tree) {
  const auto& name = mailbox.list.mailbox.utf8;
  if (!tree) return printable(name, kShownName);
  const auto depth = depth_of(mailbox);
  const auto leaf =
      depth == 0 ? name
                 : name.substr(name.rfind(mailbox.list.delimiter[0]) + 1);
  return std::string(2 * std::min<std::size_t>(depth, 40), ' ') +
         printable(leaf, kShownName);
}

Result<void> write_text(const Invocation& invocation, Output& out,
                        const ListedMailbox& mailbox) {
  const auto& options = invocation.options;
  Row row(invocation.stdout_is_terminal);
  if (options.has("status")) {
    const auto status = mailbox.status.value_or(imap::StatusData{});
    row.add(count_text(status.messages), 7).add(count_text(status.unseen), 7);
    row.add(count_text(status.size), 12);
  }
  if (options.has("roles")) {
    const auto role = role_of(mailbox);
    row.add(role.empty() ? "-" : "@" + role, 9);
  }
  row.add(shown_name(mailbox, options.has("tree")), 0);
  return out.write(row.take());
}

Result<void> in_dry_run(Output& out, std::string_view doing,
                        const std::string& name) {
  return out.write("would " + std::string(doing) + " " +
                   printable(name, kShownName) + "\n");
}

Result<void> folder_status(const Invocation& invocation, ImapSession& session,
                           const imap::MailboxName& name, Output& out) {
  auto status = session.client().status(name);
  if (!status) return std::move(status).error();
  ListedMailbox mailbox;
  mailbox.list.mailbox = name;
  mailbox.status = *std::move(status);
  if (invocation.json()) {
    JsonWriter json(out);
    json.begin_object().field("type", "folder").field("name", name.utf8);
    number_or_null(json, "messages", mailbox.status->messages);
    number_or_null(json, "unseen", mailbox.status->unseen);
    number_or_null(json, "size", mailbox.status->size);
    number_or_null(json, "uidnext", mailbox.status->uidnext);
    number_or_null(json, "uidvalidity", mailbox.status->uidvalidity);
    return json.end_object().end_line();
  }
  Row row(invocation.stdout_is_terminal);
  row.add(count_text(mailbox.status->messages), 7)
      .add(count_text(mailbox.status->unseen), 7)
      .add(count_text(mailbox.status->size), 12)
      .add(printable(name.utf8, kShownName), 0);
  return out.write(row.take());
}

Result<void> change_folder(const Invocation& invocation, ImapSession& session,
                           const std::string& action,
                           const std::string& argument, Output& out) {
  auto name = session.folder(argument);
  if (!name) return std::move(name).error();
  if (action == "status") {
    return folder_status(invocation, session, *name, out);
  }
  if (invocation.dry_run()) return in_dry_run(out, action, name->utf8);
  auto& client = session.client();
  if (action == "create") return client.create(*name);
  if (action == "delete") return client.remove(*name);
  return client.subscribe(*name, action == "subscribe");
}

Result<void> rename_folder(const Invocation& invocation, ImapSession& session,
                           const Words& words, Output& out) {
  auto from = session.folder(words[1]);
  if (!from) return std::move(from).error();
  auto to = session.folder(words[2]);
  if (!to) return std::move(to).error();
  if (invocation.dry_run()) {
    return in_dry_run(out, "rename", from->utf8 + " to " + to->utf8);
  }
  return session.client().rename(*from, *to);
}

}  // namespace

Result<ExitStatus> imap_folders(const Invocation& invocation,
                                const Words& words, Output& out) {
  const auto& options = invocation.options;
  client::ListQuestion question;
  question.patterns = words;
  question.subscribed_only = options.has("subscribed");
  question.status = options.has("status");
  question.special_use = options.has("roles") || invocation.json();
  question.subscriptions = invocation.json();
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  auto listed = (*session)->client().list(question);
  if (!listed) return (*session)->at_server(std::move(listed).error());
  std::sort(listed->begin(), listed->end(), [](const auto& a, const auto& b) {
    return a.list.mailbox.utf8 < b.list.mailbox.utf8;
  });
  for (const auto& mailbox : *listed) {
    auto wrote = invocation.json()
                     ? write_json(out, mailbox, options.has("status"))
                     : write_text(invocation, out, mailbox);
    if (!wrote) return std::move(wrote).error();
  }
  if (auto wrote = write_summary(invocation, out, ExitStatus::ok); !wrote) {
    return wrote.error();
  }
  return ExitStatus::ok;
}

Result<ExitStatus> imap_folder(const Invocation& invocation, const Words& words,
                               Output& out) {
  if (words.size() < 2 || (words[0] == "rename" && words.size() != 3)) {
    return Error{ErrorKind::usage, "folder: a name is missing"};
  }
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  auto status = ExitStatus::ok;
  if (words[0] == "rename") {
    auto done = rename_folder(invocation, **session, words, out);
    if (!done) return (*session)->at_server(std::move(done).error());
  } else {
    for (std::size_t i = 1; i < words.size(); ++i) {
      auto done = change_folder(invocation, **session, words[0], words[i], out);
      if (done) continue;
      auto error = (*session)
                       ->at_server(std::move(done).error())
                       .at("folder " + words[0]);
      if (error.kind == ErrorKind::disconnected ||
          error.kind == ErrorKind::timed_out ||
          error.kind == ErrorKind::interrupted || words.size() == 2) {
        return error;
      }
      // One name that is refused does not stop the others.
      report_error("imap", error);
      status = combine(status, exit_status(error.kind));
    }
  }
  if (auto wrote = write_summary(invocation, out, status); !wrote) {
    return wrote.error();
  }
  return status;
}

}  // namespace mailtool::app
