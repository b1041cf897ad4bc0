// What is asked for. The answers are taken in imap_export_receive.cc; whether
// they add up is seen in imap_export_compare.cc, and what they change here is
// done in imap_export_apply.cc.

#include "app/imap_export_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "app/imap_mirror_name.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kShownName = 200;

imap::SequenceSet from(std::uint32_t uid) {
  return imap::SequenceSet({{uid, imap::kStar}});
}

imap::SequenceSet up_to(std::uint32_t uid) {
  return uid == 0 ? imap::SequenceSet() : imap::SequenceSet({{1, uid}});
}

imap::SequenceSet joined(const imap::SequenceSet& a,
                         const imap::SequenceSet& b) {
  auto ranges = a.ranges();
  ranges.insert(ranges.end(), b.ranges().begin(), b.ranges().end());
  return imap::SequenceSet(std::move(ranges));
}

// The part of `question` that is about flags.
client::SyncQuestion of_flags(const client::SyncQuestion& question) {
  client::SyncQuestion flags;
  flags.flags_of = question.flags_of;
  flags.changed_since = question.changed_since;
  return flags;
}

}  // namespace

FolderExport::FolderExport(ExportContext& context,
                           const client::ListedMailbox& mailbox)
    : context_(context),
      mailbox_(mailbox),
      path_(context.directory + "/" +
            mirror_folder_name(mailbox.list.mailbox.utf8)),
      state_path_(path_ + "/.mailtool-mirror") {}

FolderExport::~FolderExport() = default;

Error FolderExport::another(std::string what) const {
  return Error{ErrorKind::bad_input, std::move(what) + "; nothing was touched"}
      .with_hint("to start afresh move " + printable(path_, kShownName) +
                 " away");
}

Error FolderExport::changed(std::uint32_t now) const {
  return another("UIDVALIDITY was " +
                 std::to_string(known_before_->title.uidvalidity) +
                 " and is " + std::to_string(now) +
                 ": the server has numbered its messages anew, or it is "
                 "another folder");
}

// A UID that was given away is given to another message: what has it here is
// not what has it there.
Result<void> FolderExport::went_back(std::uint32_t uidnext) const {
  const auto& records = state_->records();
  std::uint32_t was = records.empty() ? 1 : records.back().uid + 1;
  if (known_before_ && known_before_->point) {
    was = std::max(was, known_before_->point->uidnext);
  }
  if (uidnext >= was) return {};
  return another("UIDNEXT was " + std::to_string(was) + " and is " +
                 std::to_string(uidnext) +
                 ": the server gives numbers a second time, as where a backup "
                 "was put back");
}

std::string FolderExport::lasting_name() const {
  return imap::in_encoding(mailbox_.list.mailbox,
                           imap::NameEncoding::modified_utf7)
      .wire;
}

Result<void> FolderExport::glance() {
  struct stat found {};
  was_there_ = ::stat((path_ + "/cur").c_str(), &found) == 0;
  auto seen = store::MirrorState::glance(state_path_);
  if (!seen) return std::move(seen).error();
  known_before_ = *std::move(seen);
  if (!known_before_) return {};
  const auto& title = known_before_->title;
  if (title.owner != context_.owner ||
      title.folder != lasting_name()) {
    return Error{ErrorKind::bad_input,
                 printable(path_, kShownName) + " is the mirror of " +
                     printable(title.folder, kShownName) + " of " +
                     printable(title.owner, kShownName)}
        .with_hint("if that is the same mailbox, remove " +
                   printable(state_path_, kShownName) +
                   ": what is there will be recognised");
  }
  if (!mailbox_.status || !mailbox_.status->uidvalidity) return {};
  const auto now = static_cast<std::uint32_t>(*mailbox_.status->uidvalidity);
  return now == title.uidvalidity ? Result<void>() : changed(now);
}

// All is as the last complete run left it.
bool FolderExport::unchanged() const {
  if (!known_before_ || !known_before_->point || !mailbox_.status) return false;
  const auto& point = *known_before_->point;
  const auto& status = *mailbox_.status;
  if (!point.missing.empty() || (context_.remove && point.gone > 0)) {
    return false;
  }
  if (!status.uidvalidity || status.uidnext != point.uidnext ||
      status.messages != point.messages) {
    return false;
  }
  // Without numbers of changes flags may be other than they were.
  return point.messages == 0 ||
         (point.modseq > 0 && status.highest_modseq == point.modseq);
}

client::SyncQuestion FolderExport::question() {
  client::SyncQuestion question;
  const auto point = known_before_ ? known_before_->point : std::nullopt;
  std::uint64_t uidnext = UINT64_MAX;
  if (mailbox_.status) uidnext = mailbox_.status->uidnext.value_or(UINT64_MAX);
  if (!point) {
    // An empty folder here: all is new. Else what is here comes first.
    listing_ = was_there_;
    if (listing_) {
      question.flags_of = from(1);
    } else if (!context_.dry_run) {
      question.bodies_of = from(1);
    }
    return question;
  }
  const bool counted = context_.condstore && point->modseq > 0;
  if (!counted) {
    listing_ = true;
    question.flags_of = from(1);
  } else if (!context_.qresync) {
    question.flags_of = up_to(point->uidnext - 1);
    question.changed_since = point->modseq;
  }
  if (const auto set = imap::parse_sequence_set(point->missing)) {
    missing_ = *set;
  }
  if (context_.dry_run) return question;
  if (uidnext > point->uidnext) {
    question.bodies_of = from(point->uidnext);
  }
  // A run may have brought some that came while it was at work.
  question.bodies_of = joined(question.bodies_of, missing_).minus(known());
  return question;
}

Result<void> FolderExport::ask() {
  client::SyncStart start;
  start.mailbox = mailbox_.list.mailbox;
  start.condstore = context_.condstore;
  const auto asked = question();
  flags_question_ = of_flags(asked);
  const bool counted = known_before_ && known_before_->point &&
                       known_before_->point->modseq > 0;
  if (context_.qresync && counted) {
    start.since = client::SyncPoint{known_before_->title.uidvalidity,
                                    known_before_->point->modseq};
  }
  const auto expected =
      mailbox_.status ? mailbox_.status->messages : std::nullopt;
  if (!asked.bodies_of.empty() && expected) {
    const auto had = known_before_ && known_before_->point
                         ? known_before_->point->messages
                         : 0;
    const auto coming = *expected - std::min(*expected, had);
    context_.progress.expect(static_cast<std::int64_t>(coming), 0);
    auto ready = context_.client.expect(coming * client::kTypicalMessage);
    if (!ready) return ready;
  }
  return context_.client.sync(start, asked, *this);
}

// The server has forgotten changes that it told us of, as after a backup was
// put back: all is compared.
Result<void> FolderExport::list_again() {
  listing_ = true;
  client::SyncQuestion question;
  question.flags_of = from(1);
  flags_question_ = of_flags(question);
  return context_.client.sync(question, *this);
}

Result<void> FolderExport::run() {
  if (auto seen = glance(); !seen) return seen;
  if (unchanged()) {
    counts_.messages = known_before_->point->messages;
    counts_.gone = known_before_->point->gone;
    return {};
  }
  if (known_before_) {
    auto opened = open_state(known_before_->title.uidvalidity);
    if (!opened) return opened;
  }
  auto asked = ask();
  const bool counted = known_before_ && known_before_->point &&
                       modseq_ < known_before_->point->modseq;
  if (asked && counted) asked = list_again();
  if (!asked && opened_ && is_refusal(asked.error())) {
    refused_ = std::move(asked).error();
    asked = ask_flags_again();
  }
  // What came whole is kept, whatever ended the rest.
  if (opened_ && !context_.dry_run) {
    if (auto kept = finish_bodies(); !kept) return kept;
  }
  if (!asked) return asked;
  counts_.messages = exists_;
  note_vanished();
  if (!adds_up()) {
    if (auto agreed = reconcile(); !agreed) return agreed;
  }
  if (context_.dry_run) {
    counts_.changed = changes_.size();
    count_gone();
    return {};
  }
  if (auto applied = apply_flags(); !applied) return applied;
  if (auto removed = remove_gone(); !removed) return removed;
  return settle_run();
}

}  // namespace mailtool::app
