/// \file
/// CopyRun: a COPY or MOVE under way.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "serve/imap_move_claim.h"

namespace mailtool::serve {

/// All or none, also where the session ends meanwhile: what was copied is removed
/// again, unless it is kept; then the originals of a MOVE are.
class CopyRun {
 public:
  CopyRun(std::shared_ptr<Mailbox> from, std::shared_ptr<Mailbox> to,
          std::vector<std::uint32_t> wanted, std::unique_ptr<MoveClaim> claim)
      : from_(std::move(from)),
        to_(std::move(to)),
        wanted_(std::move(wanted)),
        claim_(std::move(claim)) {
    ++to_->copies_;
  }
  ~CopyRun() {
    --to_->copies_;
    auto& mailbox = kept_ ? *from_ : *to_;
    const auto& left = kept_ ? originals_ : copies_;
    if (left.empty()) return;
    (void)mailbox.remove(left);
    (void)mailbox.sync();
  }
  CopyRun(const CopyRun&) = delete;
  CopyRun& operator=(const CopyRun&) = delete;

  [[nodiscard]] Mailbox& to() { return *to_; }
  [[nodiscard]] bool moves() const { return claim_ != nullptr; }
  /// What was copied, and the copies, so far: UIDs, both ascending.
  [[nodiscard]] const std::vector<std::uint32_t>& originals() const {
    return originals_;
  }
  [[nodiscard]] const std::vector<std::uint32_t>& copies() const {
    return copies_;
  }
  [[nodiscard]] bool done() const { return next_ == wanted_.size(); }

  /// The next `count`, at most.
  [[nodiscard]] std::vector<std::uint32_t> next(std::size_t count) {
    const auto begin = wanted_.begin() + static_cast<std::ptrdiff_t>(next_);
    next_ += std::min(count, wanted_.size() - next_);
    return {begin, wanted_.begin() + static_cast<std::ptrdiff_t>(next_)};
  }
  /// These of next() are being copied.
  void begin(std::vector<std::uint32_t> uids) {
    copied_ = std::move(uids);
    under_way_ = from_->copy(copied_, *to_);
  }
  [[nodiscard]] std::optional<Result<void>> outcome() {
    auto outcome = under_way_->outcome();
    if (outcome && *outcome) {
      const auto& uids = under_way_->uids();
      copies_.insert(copies_.end(), uids.begin(), uids.end());
      originals_.insert(originals_.end(), copied_.begin(), copied_.end());
    }
    return outcome;
  }
  /// The copies stay.
  void keep() {
    kept_ = true;
    if (!moves()) originals_.clear();
  }
  /// Removes the next `count` of the originals, at most; true while some are
  /// left. Fails as Mailbox::remove(); then they stay. \pre keep()
  Result<bool> remove_originals(std::size_t count) {
    const auto end = originals_.begin() + static_cast<std::ptrdiff_t>(std::min(
                                              count, originals_.size()));
    const std::vector<std::uint32_t> uids(originals_.begin(), end);
    originals_.erase(originals_.begin(), end);
    auto removed = from_->remove(uids);
    if (removed) return !originals_.empty();
    originals_.clear();
    return std::move(removed).error();
  }

 private:
  std::shared_ptr<Mailbox> from_;
  std::shared_ptr<Mailbox> to_;
  std::vector<std::uint32_t> wanted_;
  std::unique_ptr<MoveClaim> claim_;
  bool kept_ = false;
  std::size_t next_ = 0;
  std::vector<std::uint32_t> copied_;  // under way
  std::unique_ptr<Copying> under_way_;
  std::vector<std::uint32_t> originals_;
  std::vector<std::uint32_t> copies_;
};

}  // namespace mailtool::serve
