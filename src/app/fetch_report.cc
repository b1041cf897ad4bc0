#include "app/fetch_report.h"

#include <cstdio>

#include "app/json.h"

namespace mailtool::app {
namespace {

std::string message_name(std::uint32_t number) {
  return "message " + std::to_string(number);
}

}  // namespace

Result<void> FetchReport::object(const pop3::Maildrop& maildrop,
                                 std::uint32_t number, FetchAction action,
                                 std::string_view outcome,
                                 std::string_view reason,
                                 const std::string& path,
                                 std::optional<bool> known) {
  if (!invocation_.json()) return {};
  JsonWriter json(out_);
  json.begin_object().field("type", "message").field("account", account_);
  json.field("number", std::uint64_t{number});
  const auto uid = maildrop.uid(number);
  json.key("uid");
  uid.empty() ? json.null() : json.value(uid);
  json.field("size", maildrop.octets(number));
  if (known) json.field("known", *known);
  json.field("action", to_string(action));
  if (!outcome.empty()) json.field("outcome", outcome);
  if (!reason.empty()) json.field("reason", reason);
  if (!path.empty()) json.field("path", path);
  json.end_object();
  return json.end_line();
}

Result<void> FetchReport::planned(const pop3::Maildrop& maildrop,
                                  std::uint32_t number,
                                  const PlannedMessage& message) {
  if (invocation_.json()) {
    return object(maildrop, number, message.action, "",
                  to_string(message.reason), "", message.known);
  }
  const auto uid = maildrop.uid(number);
  const auto octets = maildrop.octets(number);
  std::string row = std::to_string(number) + '\t';
  row += uid.empty() ? "-" : std::string(uid);
  row += '\t';
  row += octets ? std::to_string(*octets) : "-";
  row += message.known ? "\tknown\t" : "\tnew\t";
  row += to_string(message.action);
  if (message.reason != SkipReason::none) {
    row += " (" + std::string(to_string(message.reason)) + ")";
  }
  return out_.write(row + "\n");
}

Result<void> FetchReport::fetched(const pop3::Maildrop& maildrop,
                                  std::uint32_t number, std::uint64_t octets,
                                  const std::string& path) {
  ++fetched_;
  octets_ += octets;
  return object(maildrop, number, FetchAction::fetch, "fetched", "", path,
                false);
}

Result<void> FetchReport::deleted(const pop3::Maildrop& maildrop,
                                  std::uint32_t number) {
  ++deleted_;
  return object(maildrop, number, FetchAction::remove, "deleted", "", "", true);
}

Result<void> FetchReport::skipped(const pop3::Maildrop& maildrop,
                                  std::uint32_t number,
                                  const PlannedMessage& message, bool quietly) {
  ++skipped_;
  const auto reason = to_string(message.reason);
  if (!quietly) {
    say(message_name(number) + " skipped: " + std::string(reason));
  }
  return object(maildrop, number, FetchAction::skip, "skipped", reason, "",
                false);
}

Result<void> FetchReport::failed(const pop3::Maildrop& maildrop,
                                 std::uint32_t number, FetchAction action,
                                 const std::string& reason, ExitStatus status) {
  ++failed_;
  count(status);
  warn("fetch", server_ + ": " + message_name(number) + ": " + reason);
  return object(maildrop, number, action, "failed", reason, "",
                action == FetchAction::remove);
}

void FetchReport::say(std::string_view text) const {
  if (!invocation_.quiet()) {
    warn("fetch", server_ + ": " + std::string(text));
  }
}

Result<void> FetchReport::summary(ExitStatus exit) {
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start_;
  if (invocation_.json()) {
    JsonWriter json(out_);
    json.begin_object().field("type", "summary");
    json.field("exit", static_cast<int>(exit)).field("fetched", fetched_);
    json.field("deleted", deleted_).field("skipped", skipped_);
    json.field("failed", failed_).field("octets", octets_);
    json.field("seconds", seconds.count()).end_object();
    return json.end_line();
  }
  if (!invocation_.stderr_is_terminal || invocation_.quiet()) return {};
  std::string line = std::to_string(fetched_) + " fetched (" +
                     std::to_string(octets_) + " octets), " +
                     std::to_string(deleted_) + " deleted, " +
                     std::to_string(skipped_) + " skipped, " +
                     std::to_string(failed_) + " failed in ";
  char time[32];
  std::snprintf(time, sizeof time, "%.1f s", seconds.count());
  say(line + time);
  return {};
}

}  // namespace mailtool::app
