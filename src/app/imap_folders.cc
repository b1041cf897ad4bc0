// mailtool imap folders.

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "app/imap_folder_name.h"
#include "app/imap_folder_row.h"
#include "app/imap_mirror_choice.h"
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
  json.field("name", typed_name(mailbox.list.mailbox.utf8));
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
  if (!tree) return printable(typed_name(name), kShownFolderName);
  const auto depth = depth_of(mailbox);
  const auto leaf =
      depth == 0 ? typed_name(name)
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

// Lists the folders that were asked for; what the server does not have by the
// name as it was typed, once more by the name that it would have here.
class FolderListing {
 public:
  FolderListing(const Invocation& invocation, ImapSession& session, Output& out)
      : invocation_(invocation), session_(session), out_(out) {}

  Result<ExitStatus> run(const client::ListQuestion& question,
                         const Words& words) {
    question_ = question;
    // A program need not wait for the last folder, whose messages the server
    // may take long to count; people get them in order.
    question_.on_mailbox = [this](const ListedMailbox& one) { return take(one); };
    for (const auto& word : words) asked_.push_back({word, "", false});
    auto done = ask(false);
    const auto refusal =
        done ? Error{ErrorKind::no_such_item, "no such folder"} : done.error();
    if ((!done || any_missed()) && session_.reconsiders(refusal)) {
      done = ask(true);
    }
    if (!done) return session_.at_server(std::move(done).error());
    if (auto wrote = write_in_order(); !wrote) return std::move(wrote).error();
    return report_missed();
  }

 private:
  struct Asked {
    std::string word;
    std::string pattern;  // as the server has it
    bool met;
  };

  Result<void> ask(bool once_more) {
    question_.patterns.clear();
    for (auto& one : asked_) {
      if (one.met) continue;
      auto name = session_.folder(one.word);
      if (!name) return std::move(name).error();
      if (once_more && name->utf8 == one.pattern && !refused_) continue;
      one.pattern = std::move(name->utf8);
      question_.patterns.push_back(one.pattern);
    }
    // No pattern would mean all.
    if (!asked_.empty() && question_.patterns.empty()) return {};
    auto listed = session_.client().list(question_);
    refused_ = !listed;
    if (!listed) return std::move(listed).error();
    return {};
  }

  Result<void> take(const ListedMailbox& mailbox) {
    const auto& name = mailbox.list.mailbox.utf8;
    bool meant = false;
    for (auto& one : asked_) {
      if (!matches_mailbox(one.pattern, name, mailbox.list.delimiter)) continue;
      one.met = meant = true;
    }
    // As the server reads a pattern: with INBOX in any case, for one.
    strays_ = strays_ || !meant;
    if (!asked_.empty() && !names_.insert(name).second) return {};
    if (!invocation_.json()) {
      listed_.push_back(mailbox);
      return {};
    }
    const bool with_status = question_.status;
    auto wrote = write_json(out_, mailbox, with_status);
    return wrote && with_status ? out_.flush() : wrote;
  }

  Result<void> write_in_order() {
    std::sort(listed_.begin(), listed_.end(), [](const auto& a, const auto& b) {
      return a.list.mailbox.utf8 < b.list.mailbox.utf8;
    });
    for (const auto& mailbox : listed_) {
      auto wrote = write_text(invocation_, out_, mailbox);
      if (!wrote) return wrote;
    }
    return {};
  }

  [[nodiscard]] bool any_missed() const {
    return !strays_ && std::any_of(asked_.begin(), asked_.end(),
                                   [](const Asked& one) { return !one.met; });
  }

  // A name; of a pattern, or among the subscribed, there may be none.
  ExitStatus report_missed() const {
    auto status = ExitStatus::ok;
    if (strays_ || question_.subscribed_only) return status;
    for (const auto& one : asked_) {
      if (one.met || one.word.find_first_of("*%") != one.word.npos) continue;
      status = ExitStatus::no_input;
      report_error("imap", session_.at_server({ErrorKind::no_such_item,
                                               "no such folder",
                                               printable(one.word, 200)}));
    }
    return status;
  }

  const Invocation& invocation_;
  ImapSession& session_;
  Output& out_;
  client::ListQuestion question_;
  std::vector<Asked> asked_;
  std::vector<ListedMailbox> listed_;  // for people
  std::unordered_set<std::string> names_;
  bool refused_ = false;
  bool strays_ = false;
};

}  // namespace

Result<ExitStatus> imap_folders(const Invocation& invocation,
                                const Words& words, Output& out) {
  const auto& options = invocation.options;
  client::ListQuestion question;
  question.subscribed_only = options.has("subscribed");
  question.status = options.has("status");
  question.special_use = options.has("roles") || invocation.json();
  question.subscriptions = invocation.json();
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  auto status = FolderListing(invocation, **session, out).run(question, words);
  if (!status) return status;
  if (auto wrote = write_summary(invocation, out, *status); !wrote) {
    return wrote.error();
  }
  return status;
}

}  // namespace mailtool::app
