#include "app/imap_undo_log.h"

#include <chrono>
#include <utility>

#include "app/server_url.h"
#include "app/user_folders.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/sha256.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kNameOctets = 150;

// A file name, whatever the user is called; two identities never share one.
std::string folder_name(const std::string& identity) {
  std::string name;
  for (const char c : identity) {
    const bool plain = is_alpha(c) || is_digit(c) || c == '@' || c == '-' ||
                       c == '_' || (c == '.' && !name.empty());
    name += plain ? c : '%';
  }
  name.resize(std::min(name.size(), kNameOctets));
  return name + "." + hex(sha256(identity), 8) + ".undo";
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Has the server told of each message where it goes, and of no other? A MOVE
// says so before the originals are removed (RFC 6851 section 4.3).
bool all_told(const client::ChangeReport& report) {
  if (report.method != client::ChangeMethod::move || !report.copied ||
      !report.copied_only.empty()) {
    return false;
  }
  auto sent = report.changed.ranges();
  const auto& unknown = report.unknown.ranges();
  sent.insert(sent.end(), unknown.begin(), unknown.end());
  const auto& told = *report.copied;
  return imap::SequenceSet(std::move(sent)) == told.source &&
         told.source.count() == told.target.count();
}

UndoPart part_of(const FolderChange& change) {
  using Kind = UndoPart::Kind;
  const auto& report = change.report;
  UndoPart part;
  part.folder = change.folder.utf8;
  part.uidvalidity = change.uidvalidity;
  part.to = change.to->utf8;
  const bool lost = !report.unknown.empty() || !report.copied_only.empty();
  if (report.copied) {
    part.uids = report.copied->source;
    part.to_uidvalidity = report.copied->uidvalidity;
    part.to_uids = report.copied->target;
  } else {
    part.uids = report.changed;
  }
  if (lost) {
    part.kind = part.uidvalidity == 0 || !all_told(report) ? Kind::unsure
                : !report.answered                         ? Kind::cut
                : report.copied->ascending                 ? Kind::refused
                                                           : Kind::unsure;
  } else if (!report.copied || !report.all_copies_told ||
             part.uidvalidity == 0) {
    part.kind = Kind::untold;
  } else {
    part.kind = report.method == client::ChangeMethod::copy ? Kind::copied
                                                            : Kind::moved;
  }
  return part;
}

// The originals, which are left \Deleted: no more so when the copies go.
UndoPart marked_part(const FolderChange& change) {
  UndoPart part;
  part.kind = UndoPart::Kind::flagged;
  part.folder = change.folder.utf8;
  part.uidvalidity = change.uidvalidity;
  part.uids = change.report.changed;
  part.flag = "\\Deleted";
  return part;
}

bool is_erased(const client::ChangeReport& report) {
  return report.method == client::ChangeMethod::expunged ||
         report.method == client::ChangeMethod::marked;
}

UndoPart erased_part(const FolderChange& change) {
  const auto& report = change.report;
  UndoPart part;
  part.kind = UndoPart::Kind::erased;
  part.folder = change.folder.utf8;
  part.uidvalidity = change.uidvalidity;
  std::vector<imap::Range> ranges;
  for (const auto* uids :
       {&report.changed, &report.marked_only, &report.unknown}) {
    ranges.insert(ranges.end(), uids->ranges().begin(), uids->ranges().end());
  }
  part.uids = imap::SequenceSet(std::move(ranges));
  return part;
}

}  // namespace

Result<std::string> imap_identity(const Invocation& invocation) {
  auto url = parse_server_url(invocation.options.get_or("server", ""),
                              {"imap", "imaps"});
  if (!url) return std::move(url).error();
  auto host = lower(url->host);
  if (host.ends_with('.')) host.pop_back();
  auto identity = invocation.options.get_or("user", url->user) + "@" + host;
  if (url->port != 143 && url->port != 993) {
    identity += ":" + std::to_string(url->port);
  }
  return identity;
}

Result<store::RecordFolder> undo_folder(const std::string& identity) {
  auto state = user_state_folder();
  if (!state) return std::move(state).error();
  return store::RecordFolder(*state + "/imap/" + folder_name(identity));
}

void UndoLog::give_up(const Error& why) {
  record_.reset();
  complete_ = false;
  warn("imap", "this cannot be undone: " + why.one_line());
}

namespace {

// It stands between undo and what was changed before, and need not any longer.
void drop_idle(const store::RecordFolder& folder) {
  const auto numbers = folder.numbers();
  if (!numbers || numbers->empty()) return;
  const auto text = folder.read(numbers->front());
  if (!text) return;
  const auto record = parse_undo_record(*text);
  if (!record || !record->idle()) return;
  if (auto lock = folder.lock(numbers->front())) lock->discard();
}

}  // namespace

Result<store::OpenRecord> UndoLog::open() const {
  auto identity = imap_identity(invocation_);
  if (!identity) return std::move(identity).error();
  auto folder = undo_folder(*identity);
  if (!folder) return std::move(folder).error();
  drop_idle(*folder);
  UndoRecord head;
  head.owner = *std::move(identity);
  head.time = now();
  head.verb = verb_;
  return folder->begin(to_text(head), kUndoDepth);
}

void UndoLog::begin() {
  if (std::exchange(begun_, true)) return;
  auto record = open();
  if (!record) return give_up(record.error());
  record_.emplace(*std::move(record));
}

void UndoLog::append(const std::string& lines) {
  if (!record_) return;
  if (auto written = record_->append(lines); !written) {
    give_up(written.error());
  }
}

void UndoLog::note_flags(const std::vector<UndoPart>& parts) {
  std::string lines;
  for (const auto& part : parts) {
    if (part.uids.empty()) continue;
    lines += to_text(part);
    if (part.uidvalidity == 0) complete_ = false;
  }
  if (!lines.empty()) append(lines);
}

void UndoLog::note(const FolderChange& change) {
  const auto& report = change.report;
  const bool nothing = report.changed.empty() && report.unknown.empty() &&
                       report.copied_only.empty() && report.marked_only.empty();
  if (nothing) return;
  anything_ = true;
  if (is_erased(report)) {
    complete_ = false;
    erased_ = true;
    return append(to_text(erased_part(change)));
  }
  // Flags were noted before.
  if (!change.to) return;
  auto part = part_of(change);
  std::string lines;
  if (report.method == client::ChangeMethod::copy_marked &&
      part.kind == UndoPart::Kind::moved) {
    part.kind = UndoPart::Kind::copied;
    lines = to_text(marked_part(change));
  }
  const bool whole = part.kind == UndoPart::Kind::moved ||
                     part.kind == UndoPart::Kind::copied ||
                     part.kind == UndoPart::Kind::cut ||
                     part.kind == UndoPart::Kind::refused;
  complete_ = complete_ && whole;
  append(lines + to_text(part));
}

void UndoLog::note_deleted(const std::string& folder) {
  UndoPart part;
  part.kind = UndoPart::Kind::erased;
  part.folder = folder;
  anything_ = true;
  complete_ = false;
  erased_ = true;
  append(to_text(part));
}

void UndoLog::leave_open() { record_.reset(); }

std::optional<std::uint64_t> UndoLog::finish() {
  if (!std::exchange(begun_, true) && !invocation_.dry_run()) {
    // Nothing was changed: not worth a line where it cannot be kept.
    if (auto record = open()) record_.emplace(*std::move(record));
  }
  if (!record_) return std::nullopt;
  append(std::string(kUndoEnd));
  if (!record_) return std::nullopt;
  const auto number = record_->number();
  record_.reset();
  const bool say = !invocation_.quiet() && !complete_ && !erased_ &&
                   (invocation_.stderr_is_terminal || invocation_.verbose());
  if (say) {
    warn("imap", "undo cannot take this back: the server did not tell all that "
                 "is needed for it");
  }
  return complete_ && anything_ ? std::optional(number) : std::nullopt;
}

namespace {

// The messages whose flag is, or is not, set.
imap::SearchKey flag_key(const std::string& flag, bool set) {
  imap::SearchKey key;
  if (flag.starts_with('\\')) {
    key.kind = imap::SearchKey::Kind::word;
    key.name = (set ? "" : "UN") + upper(std::string_view(flag).substr(1));
  } else {
    key.kind = imap::SearchKey::Kind::string;
    key.name = set ? "KEYWORD" : "UNKEYWORD";
    key.text = flag;
  }
  return key;
}

}  // namespace

std::vector<imap::SearchKey> flag_keys(const client::ImapChange& what) {
  std::vector<imap::SearchKey> keys;
  for (const auto& flag : what.add) keys.push_back(flag_key(flag, false));
  for (const auto& flag : what.remove) keys.push_back(flag_key(flag, true));
  return keys;
}

Result<std::vector<UndoPart>> flags_before(client::ImapClient& client,
                                           const FoundMessages& found,
                                           const client::ImapChange& what) {
  std::vector<UndoPart> parts;
  for (const bool add : {true, false}) {
    for (const auto& flag : add ? what.add : what.remove) {
      auto uids = client.among(found.uids, flag_key(flag, !add));
      if (!uids) return std::move(uids).error();
      UndoPart part;
      part.kind = add ? UndoPart::Kind::flagged : UndoPart::Kind::unflagged;
      part.folder = found.folder.utf8;
      part.uidvalidity = found.uidvalidity;
      part.uids = *std::move(uids);
      part.flag = flag;
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

}  // namespace mailtool::app
