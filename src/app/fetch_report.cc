#include "app/fetch_report.h"

#include <algorithm>

#include "app/json.h"
#include "app/output.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// A longer unique-id pushes its row to the right.
constexpr std::size_t kUidColumns = 40;

std::string message_name(std::uint32_t number) {
  return "message " + std::to_string(number);
}

std::string left(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

std::string right(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text + "  ";
}

std::string uid_text(const pop3::Maildrop& maildrop, std::uint32_t number) {
  const auto uid = maildrop.uid(number);
  return uid.empty() ? "-" : std::string(uid);
}

std::string octets_text(const pop3::Maildrop& maildrop, std::uint32_t number) {
  const auto octets = maildrop.octets(number);
  return octets ? std::to_string(*octets) : "-";
}

}  // namespace

FetchSubject subject_of(const pop3::Maildrop& maildrop, std::uint32_t number) {
  return {number, std::string(maildrop.uid(number)), maildrop.octets(number)};
}

Result<void> FetchReport::object(const FetchSubject& message,
                                 FetchAction action, std::string_view outcome,
                                 std::string_view reason, const Paths& paths,
                                 std::optional<bool> known,
                                 std::string_view then) {
  if (!invocation_.json()) return {};
  JsonWriter json(data_);
  json.begin_object().field("type", "message").field("account", account_);
  json.field("number", std::uint64_t{message.number});
  json.key("uid");
  message.uid.empty() ? json.null() : json.value(message.uid);
  json.field("size", message.octets);
  if (known) json.field("known", *known);
  json.field("action", to_string(action));
  if (!then.empty()) json.field("then", then);
  if (!outcome.empty()) json.field("outcome", outcome);
  if (!reason.empty()) json.field("reason", reason);
  if (!paths.empty()) json.field("path", paths.front());
  if (paths.size() > 1) {
    json.key("paths").begin_array();
    for (const auto& path : paths) json.value(path);
    json.end_array();
  }
  json.end_object();
  return json.end_line();
}

bool FetchReport::goes_then(const PlannedMessage& message) const {
  const auto& options = invocation_.options;
  const bool removes = options.has("delete") || options.has("delete-after") ||
                       options.has("keep-last");
  return removes && message.action == FetchAction::fetch && message.ours &&
         message.old_enough;
}

void FetchReport::foretell(const PlannedMessage& message,
                           std::uint64_t octets) {
  if (goes_then(message)) ++counts_.to_delete;
  switch (message.action) {
    case FetchAction::fetch:
      ++counts_.to_fetch;
      counts_.to_fetch_octets += octets;
      break;
    case FetchAction::skip: ++counts_.to_skip; break;
    case FetchAction::remove: ++counts_.to_delete; break;
    case FetchAction::keep: ++counts_.to_keep; break;
  }
}

Result<void> FetchReport::planned(const pop3::Maildrop& maildrop,
                                  std::uint32_t number,
                                  const PlannedMessage& message,
                                  const std::string& reason) {
  foretell(message, maildrop.octets(number).value_or(0));
  if (invocation_.json()) {
    return object(maildrop, number, message.action, "", reason, {},
                  message.known, goes_then(message) ? "delete" : "");
  }
  if (number_width_ == 0 && invocation_.stdout_is_terminal) {
    if (auto told = table_head(maildrop); !told) return told;
  }
  return data_.write(table_row(maildrop, number, message, reason) + "\n");
}

// On a terminal the columns stand below each other; a listing is in memory
// whole, so that their widths are known before the first row.
Result<void> FetchReport::table_head(const pop3::Maildrop& maildrop) {
  number_width_ = std::to_string(maildrop.size()).size();
  octets_width_ = std::string_view("OCTETS").size();
  uid_width_ = std::string_view("UID").size();
  for (std::uint32_t number = 1; number <= maildrop.size(); ++number) {
    octets_width_ =
        std::max(octets_width_, octets_text(maildrop, number).size());
    const auto width = std::min(maildrop.uid(number).size(), kUidColumns);
    uid_width_ = std::max(uid_width_, width);
  }
  if (among_others_) {
    if (auto told = data_.write(server_ + "\n"); !told) return told;
  }
  return data_.write(right("#", number_width_) + left("UID", uid_width_) +
                     right("OCTETS", octets_width_) + "KNOWN  ACTION\n");
}

std::string FetchReport::table_row(const pop3::Maildrop& maildrop,
                                   std::uint32_t number,
                                   const PlannedMessage& message,
                                   const std::string& reason) const {
  const bool aligned = invocation_.stdout_is_terminal;
  std::string row = among_others_ && !aligned ? printable(account_) + '\t' : "";
  row += aligned ? right(std::to_string(number), number_width_) +
                       left(uid_text(maildrop, number), uid_width_) +
                       right(octets_text(maildrop, number), octets_width_)
                 : std::to_string(number) + '\t' + uid_text(maildrop, number) +
                       '\t' + octets_text(maildrop, number) + '\t';
  row += message.known ? "known" : "new";
  row += !aligned ? "\t" : message.known ? "  " : "    ";
  row += to_string(message.action);
  const bool plain = message.reason == PlanReason::new_message ||
                     message.reason == PlanReason::known;
  if (goes_then(message)) return row + " (" + reason + ", then delete)";
  if (!plain) row += " (" + reason + ")";
  return row;
}

void FetchReport::expect(const pop3::Maildrop& maildrop,
                         const std::vector<PlannedMessage>& plan) {
  // A second session takes up what the first has left.
  const bool headers_only = invocation_.options.has("headers-only");
  std::uint64_t messages = counts_.fetched;
  std::uint64_t octets = headers_only ? 0 : received_;
  for (std::uint32_t number = 1; number <= plan.size(); ++number) {
    if (plan[number - 1].action != FetchAction::fetch) continue;
    ++messages;
    // LIST says nothing of what TOP brings.
    if (!headers_only) octets += maildrop.octets(number).value_or(0);
  }
  if (progress_) {
    progress_->expect(static_cast<std::int64_t>(messages - expected_messages_),
                      static_cast<std::int64_t>(octets - expected_octets_));
  }
  expected_messages_ = messages;
  expected_octets_ = octets;
}

Result<void> FetchReport::fetched(const pop3::Maildrop& maildrop,
                                  std::uint32_t number, std::uint64_t octets,
                                  const Paths& paths) {
  ++counts_.fetched;
  counts_.octets += octets;
  if (progress_) progress_->message_came();
  return object(maildrop, number, FetchAction::fetch, "fetched", "", paths,
                false);
}

Result<void> FetchReport::deleted(const pop3::Maildrop& maildrop,
                                  std::uint32_t number) {
  ++counts_.deleted;
  return object(maildrop, number, FetchAction::remove, "deleted", "", {}, true);
}

Result<void> FetchReport::adopted(const pop3::Maildrop& maildrop,
                                  std::uint32_t number) {
  ++counts_.adopted;
  return object(maildrop, number, FetchAction::keep, "adopted", "", {}, false);
}

Result<void> FetchReport::skipped(const pop3::Maildrop& maildrop,
                                  std::uint32_t number,
                                  const std::string& reason, bool quietly) {
  ++counts_.skipped;
  if (!quietly) say(message_name(number) + " skipped: " + reason);
  return object(maildrop, number, FetchAction::skip, "skipped", reason, {},
                false);
}

Result<void> FetchReport::failed(const FetchSubject& message,
                                 FetchAction action, const std::string& reason,
                                 ExitStatus status, bool quietly) {
  ++counts_.failed;
  if (!quietly) {
    count(status);
    tell(message_name(message.number) + ": " + reason);
  }
  return object(message, action, "failed", reason, {},
                action == FetchAction::remove);
}

void FetchReport::tell(std::string_view text) const {
  const auto print = [&] { warn("fetch", server_ + ": " + std::string(text)); };
  progress_ ? progress_->aside(print) : print();
}

void FetchReport::say(std::string_view text) const {
  if (!invocation_.quiet()) tell(text);
}

void FetchReport::ended_by(const Error& error) {
  count(exit_status(error.kind));
  error_ = error.one_line();
  const auto print = [&] { report_error("fetch", error); };
  progress_ ? progress_->aside(print) : print();
}

Result<void> FetchReport::summary(ExitStatus exit) {
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start_;
  if (invocation_.json()) {
    JsonWriter json(data_);
    json.begin_object();
    json.field("type", among_others_ ? "account" : "summary");
    if (among_others_) json.field("account", account_);
    json.field("exit", static_cast<int>(exit));
    counts_.write_fields(json, foretells());
    json.field("seconds", seconds.count());
    if (!error_.empty()) json.field("error", error_);
    json.end_object();
    return json.end_line();
  }
  if (!invocation_.stderr_is_terminal) return {};
  // After an error there is nothing to foretell; of several accounts, what all
  // of them come to is told when all of them are listed.
  if (foretells() && (among_others_ || !error_.empty())) return {};
  if (!error_.empty() && !counts_.any()) return {};
  say(foretells() ? counts_.foretold_text()
                  : counts_.done_text(seconds.count()));
  return {};
}

}  // namespace mailtool::app
