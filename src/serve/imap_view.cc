#include "serve/imap_view.h"

#include <algorithm>
#include <utility>

#include "serve/imap_words.h"

namespace mailtool::serve {

ImapView::ImapView(std::shared_ptr<Mailbox> mailbox, bool read_only)
    : mailbox_(std::move(mailbox)),
      read_only_(read_only),
      uidvalidity_(mailbox_->uidvalidity()),
      keywords_(mailbox_->keywords()) {
  // Each has its own from here on.
  (void)mailbox_->highest_modseq();
  told_ = mailbox_->changes();
  seen_.reserve(mailbox_->messages().size());
  for (const auto& one : mailbox_->messages()) {
    seen_.push_back({one.uid, one.flags, one.modseq});
  }
}

std::uint32_t ImapView::number_of(std::uint32_t uid) const {
  const auto at = std::lower_bound(
      seen_.begin(), seen_.end(), uid,
      [](const Seen& one, std::uint32_t wanted) { return one.uid < wanted; });
  if (at == seen_.end() || at->uid != uid) return 0;
  return static_cast<std::uint32_t>(at - seen_.begin() + 1);
}

const MailboxMessage* ImapView::message(std::uint32_t uid) const {
  const auto& all = mailbox_->messages();
  const auto at = std::lower_bound(
      all.begin(), all.end(), uid,
      [](const MailboxMessage& one, std::uint32_t wanted) {
        return one.uid < wanted;
      });
  return at != all.end() && at->uid == uid ? &*at : nullptr;
}

std::vector<std::uint32_t> ImapView::deleted() const {
  std::vector<std::uint32_t> uids;
  for (const auto& one : seen_) {
    const auto* now = message(one.uid);
    if (now != nullptr && (now->flags & kDeleted) != 0) uids.push_back(one.uid);
  }
  return uids;
}

std::optional<std::vector<std::uint32_t>> ImapView::resolve(
    const imap::SequenceSet& set, bool by_uid) const {
  std::vector<std::uint32_t> uids;
  if (seen_.empty()) {
    if (by_uid) return uids;
    return std::nullopt;
  }
  const auto last = by_uid ? seen_.back().uid
                           : static_cast<std::uint32_t>(seen_.size());
  std::vector<imap::Range> ranges;
  for (auto range : set.ranges()) {
    // "9:*" where the last is 5 is 5:9.
    if (range.last == imap::kStar) {
      range = {std::min(range.first, last), last};
    }
    if (!by_uid && range.last > last) return std::nullopt;
    ranges.push_back(range);
  }
  const imap::SequenceSet closed(std::move(ranges));
  for (const auto& range : closed.ranges()) {
    if (!by_uid) {
      for (auto i = range.first; i <= range.last; ++i) {
        uids.push_back(seen_[i - 1].uid);
      }
      continue;
    }
    auto at = std::lower_bound(
        seen_.begin(), seen_.end(), range.first,
        [](const Seen& one, std::uint32_t wanted) { return one.uid < wanted; });
    for (; at != seen_.end() && at->uid <= range.last; ++at) {
      uids.push_back(at->uid);
    }
  }
  return uids;
}

// "\*" as long as a keyword can be made (RFC 9051 section 7.1).
void ImapView::put_flags_response(std::string& out) const {
  std::string flags;
  put_flags(flags, ~Flags{0} >> 1U, *mailbox_);
  out += "* FLAGS " + flags + "\r\n";
  if (read_only_) {
    flags = "()";
  } else if (mailbox_->takes_keywords()) {
    flags.insert(flags.size() - 1, " \\*");
  }
  out += "* OK [PERMANENTFLAGS " + flags + "] kept\r\n";
}

void ImapView::tell_keywords(std::string& out) {
  const auto& now = mailbox_->keywords();
  if (now == keywords_) return;
  for (std::size_t i = 0; i < std::min(now.size(), keywords_.size()); ++i) {
    if (now[i] != keywords_[i]) {
      renamed_ |= Flags{1} << (kSystemFlags.size() + i);
    }
  }
  keywords_ = now;
  put_flags_response(out);
}

void ImapView::tell(std::string& out, bool may_expunge) {
  const auto changes = mailbox_->changes();
  if (told_ == changes) return;
  tell_keywords(out);
  const auto& all = mailbox_->messages();
  bool whole = true;
  std::vector<Seen> now;
  now.reserve(seen_.size());
  auto at = all.begin();
  std::uint32_t number = 1;
  for (const auto& one : seen_) {
    while (at != all.end() && at->uid < one.uid) ++at;
    const bool there = at != all.end() && at->uid == one.uid;
    if (!there && may_expunge) {
      out += "* " + std::to_string(number) + " EXPUNGE\r\n";
      continue;
    }
    now.push_back(one);
    whole = whole && there;
    // While none are counted they are 0.
    if (there && (at->flags != one.flags || at->modseq > one.modseq ||
                  (one.flags & renamed_) != 0)) {
      now.back() = {at->uid, at->flags, std::max(at->modseq, one.modseq)};
      out += "* " + std::to_string(number) + " FETCH (UID " +
             std::to_string(one.uid) + " FLAGS ";
      put_flags(out, at->flags, *mailbox_);
      if (modseqs_ && at->modseq != 0) {
        out += " MODSEQ (" + std::to_string(at->modseq) + ")";
      }
      out += ")\r\n";
    }
    ++number;
  }
  const auto last = seen_.empty() ? 0 : seen_.back().uid;
  const auto known = now.size();
  for (const auto& one : all) {
    if (one.uid > last) now.push_back({one.uid, one.flags, one.modseq});
  }
  if (now.size() > known) {
    out += "* " + std::to_string(now.size()) + " EXISTS\r\n";
  }
  seen_ = std::move(now);
  renamed_ = 0;
  told_.reset();
  if (whole) told_ = changes;
}

bool ImapView::is_saved(std::uint32_t uid) const {
  return std::binary_search(saved_.begin(), saved_.end(), uid);
}

std::vector<std::uint32_t> ImapView::saved() const {
  auto known = saved_;
  std::erase_if(known,
                [this](std::uint32_t uid) { return number_of(uid) == 0; });
  return known;
}

bool ImapView::tell_modseqs() { return !std::exchange(modseqs_, true); }

Flags ImapView::known_flags(std::uint32_t uid) const {
  const auto number = number_of(uid);
  return number > 0 ? seen_[number - 1].flags : 0;
}

void ImapView::knows(const MailboxMessage& message) {
  if (const auto number = number_of(message.uid); number > 0) {
    auto& known = seen_[number - 1];
    known.flags = message.flags;
    known.modseq = std::max(known.modseq, message.modseq);
  }
}

void ImapView::changed_silently(const MailboxMessage& message,
                                std::uint64_t before, Flags flags) {
  if (const auto number = number_of(message.uid); number > 0) {
    auto& known = seen_[number - 1];
    known.flags = flags;
    if (known.modseq == before) known.modseq = message.modseq;
  }
}

}  // namespace mailtool::serve
