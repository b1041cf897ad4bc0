// mailtool imap folders.

#include <algorithm>
#include <utility>

#include "app/imap_folder_row.h"
#include "app/imap_session.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using client::ListedMailbox;

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
    json.field("messages", status.messages);
    json.field("unseen", status.unseen);
    json.field("size", status.size);
  }
  return json.end_object().end_line();
}

std::size_t depth_of(const ListedMailbox& mailbox) {
  const auto& delimiter = mailbox.list.delimiter;
  if (delimiter.empty()) return 0;
  return static_cast<std::size_t>(std::count(mailbox.list.mailbox.utf8.begin(),
                                             mailbox.list.mailbox.utf8.end(),
                                             delimiter[0]));
}

std::string shown_name(const ListedMailbox& mailbox, bool tree) {
  const auto& name = mailbox.list.mailbox.utf8;
  if (!tree) return printable(name, kShownFolderName);
  const auto depth = depth_of(mailbox);
  const auto leaf =
      depth == 0 ? name
                 : name.substr(name.rfind(mailbox.list.delimiter[0]) + 1);
  return std::string(2 * std::min<std::size_t>(depth, 40), ' ') +
         printable(leaf, kShownFolderName);
}

Result<void> write_text(const Invocation& invocation, Output& out,
                        const ListedMailbox& mailbox) {
  const auto& options = invocation.options;
  FolderRow row(invocation.stdout_is_terminal);
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
  for (auto& pattern : question.patterns) {
    if (!pattern.starts_with('@')) continue;
    auto folder = (*session)->folder(pattern);
    if (!folder) return (*session)->at_server(std::move(folder).error());
    pattern = folder->utf8;
  }
  // A program need not wait for the last folder, whose messages the server may
  // take long to count; people get them in order.
  if (invocation.json()) {
    const bool with_status = options.has("status");
    question.on_mailbox = [&out, with_status](const ListedMailbox& mailbox) {
      auto wrote = write_json(out, mailbox, with_status);
      return wrote && with_status ? out.flush() : wrote;
    };
  }
  auto listed = (*session)->client().list(question);
  if (!listed) return (*session)->at_server(std::move(listed).error());
  std::sort(listed->begin(), listed->end(), [](const auto& a, const auto& b) {
    return a.list.mailbox.utf8 < b.list.mailbox.utf8;
  });
  for (const auto& mailbox : *listed) {
    auto wrote = write_text(invocation, out, mailbox);
    if (!wrote) return std::move(wrote).error();
  }
  if (auto wrote = write_summary(invocation, out, ExitStatus::ok); !wrote) {
    return wrote.error();
  }
  return ExitStatus::ok;
}

}  // namespace mailtool::app
