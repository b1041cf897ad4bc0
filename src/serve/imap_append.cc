#include "serve/imap_append.h"

#include <utility>

#include "mailtool/base/printable.h"

namespace mailtool::serve {

void ImapAppend::begin() {
  drop();
  under_way_ = true;
}

void ImapAppend::drop() {
  under_way_ = false;
  to_.reset();
  messages_.clear();
  holds_.clear();
  octets_ = 0;
  writing_ = false;
  refusal_.clear();
}

void ImapAppend::add(std::unique_ptr<Appending> message,
                     std::shared_ptr<const Flags> hold, std::uint64_t octets,
                     bool literal8) {
  messages_.push_back(std::move(message));
  holds_.push_back(std::move(hold));
  octets_ += octets;
  literal8_ = literal8;
  writing_ = true;
  check_ = {};
}

void ImapAppend::refuse(std::string why) {
  if (refusal_.empty()) refusal_ = std::move(why);
  messages_.clear();
  holds_.clear();
  writing_ = false;
}

void ImapAppend::write(std::string_view octets) {
  if (!writing_) return;
  // What could not be given out again by POP3.
  const bool text = check_.feed(octets);
  if (!text && literal8_) {
    // RFC 3516 section 4.4.
    return refuse("NO [UNKNOWN-CTE] only text is kept: no NUL, no CR or LF alone");
  }
  if (!text) {
    return refuse("NO [CANNOT] CR or LF alone within a line, or NUL");
  }
  if (auto wrote = messages_.back()->write(octets); !wrote) {
    refuse("NO [SERVERBUG] " + printable(wrote.error().what, 200));
  }
}

// A CR may have been left.
void ImapAppend::end_message() {
  if (!std::exchange(writing_, false) || check_.end()) return;
  refuse("NO [CANNOT] CR or LF alone within a line, or NUL");
}

std::shared_ptr<ImapAppend::Appended> ImapAppend::end() {
  for (const auto& one : messages_) one->end();
  auto appended = std::make_shared<Appended>(std::exchange(to_, nullptr),
                                             std::exchange(messages_, {}));
  drop();
  return appended;
}

ImapAppend::Appended::Appended(std::shared_ptr<Mailbox> to,
                               std::vector<std::unique_ptr<Appending>> messages)
    : to_(std::move(to)), messages_(std::move(messages)) {}

std::optional<Result<void>> ImapAppend::Appended::outcome() {
  std::optional<Error> failed;
  std::vector<std::uint32_t> kept;
  for (const auto& one : messages_) {
    const auto outcome = one->outcome();
    if (!outcome) return std::nullopt;
    if (*outcome) {
      kept.push_back(one->uid());
    } else if (!failed) {
      failed = outcome->error();
    }
  }
  if (!failed) return Result<void>();
  if (!kept.empty()) {
    (void)to_->remove(kept);
    // Nobody waits for that: the next sync has it.
    (void)to_->sync();
  }
  return Result<void>(*failed);
}

std::vector<std::uint32_t> ImapAppend::Appended::uids() const {
  std::vector<std::uint32_t> uids;
  for (const auto& one : messages_) uids.push_back(one->uid());
  return uids;
}

}  // namespace mailtool::serve
