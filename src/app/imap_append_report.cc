#include "app/imap_append_report.h"

#include <utility>

#include "app/imap_change_report.h"
#include "app/imap_folder_name.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// The UID of the message at `index` of those that went.
std::optional<std::uint64_t> uid_at(
    const std::optional<client::AppendUid>& went, std::size_t index) {
  if (!went) return std::nullopt;
  for (const auto& range : went->uids.ranges()) {
    const std::size_t length = range.last - range.first + std::size_t{1};
    if (index < length) return range.first + index;
    index -= length;
  }
  return std::nullopt;
}

}  // namespace

AppendReport::AppendReport(const Invocation& invocation, std::string folder,
                           Output& out)
    : invocation_(invocation),
      folder_(std::move(folder)),
      out_(out),
      json_(out) {}

void AppendReport::failed(const Error& error) {
  report_error("imap", error);
  status_ = combine(status_, exit_status(error.kind));
  ++failed_;
}

Result<void> AppendReport::appended(
    const Items& items, const imap::MailboxName& to,
    const std::optional<client::AppendUid>& went) {
  appended_ += items.size();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto uid = uid_at(went, i);
    if (uid) uids_.add(static_cast<std::uint32_t>(*uid));
    if (!invocation_.json()) continue;
    json_.begin_object().field("type", "message");
    json_.field("source", items[i]->source).field("size", items[i]->octets);
    json_.field("folder", typed_name(to.utf8)).key("uidvalidity");
    if (went) {
      json_.value(went->uidvalidity);
    } else {
      json_.null();
    }
    json_.field("uid", uid);
    if (auto wrote = json_.end_object().end_line(); !wrote) return wrote;
  }
  return {};
}

Result<ExitStatus> AppendReport::finish() {
  if (invocation_.json()) return summarise();
  const auto to = " to " + printable(folder_, 200);
  if (invocation_.dry_run()) {
    auto wrote = out_.write("would append " + count_of(appended_) + to + "\n");
    if (!wrote) return wrote.error();
  } else if (invocation_.stderr_is_terminal && !invocation_.quiet()) {
    warn("imap", "appended " + count_of(appended_) + to + uids_text());
  }
  return status_;
}

Result<ExitStatus> AppendReport::stop(Error error) {
  if (!invocation_.json() || error.kind == ErrorKind::interrupted) {
    return error;
  }
  report_error("imap", error);
  status_ = combine(status_, exit_status(error.kind));
  return summarise();
}

Result<ExitStatus> AppendReport::summarise() {
  json_.begin_object().field("type", "summary");
  json_.field("exit", static_cast<int>(status_));
  json_.field("appended", invocation_.dry_run() ? 0 : appended_);
  json_.field("failed", failed_).field("folder", folder_);
  auto wrote = json_.end_object().end_line();
  return wrote ? Result<ExitStatus>(status_) : std::move(wrote).error();
}

// For people: where they are now.
std::string AppendReport::uids_text() const {
  return uids_.ranges().size() == 1 ? ", UID " + imap::to_wire(uids_) : "";
}

}  // namespace mailtool::app
