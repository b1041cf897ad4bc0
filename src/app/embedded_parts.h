/// \file
/// FileKeeper: the files within a leaf, as the walk keeps them.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "app/part_walk.h"

namespace mailtool::app {

/// Keeps what is told of the files of one leaf after another.
class FileKeeper : public mime::TnefContents {
 public:
  void begin_leaf(std::vector<EmbeddedPart>& found, std::size_t& count,
                  std::uint32_t part, bool digests) {
    found_ = &found;
    of_message_ = &count;
    cut_off_ = false;
    part_ = part;
    digests_ = digests;
    count_ = 0;
    open_.clear();
  }

  Result<void> begin_file(const mime::EmbeddedFile& file) override {
    if (*of_message_ >= PartWalk::kMaxFiles) {
      cut_off_ = true;
      open_.push_back({kLeftOut, 0, {}});
      return {};
    }
    ++*of_message_;
    EmbeddedPart embedded;
    embedded.part = part_;
    embedded.file = file;
    if (open_.empty()) {
      embedded.number = ++count_;
    } else {
      embedded.within = open_.back().index;
      embedded.number = ++open_.back().children;
    }
    open_.push_back({static_cast<std::uint32_t>(found_->size()), 0, {}});
    found_->push_back(std::move(embedded));
    return {};
  }

  Result<void> octets(std::string_view piece) override {
    if (open_.back().index == kLeftOut) return {};
    (*found_)[open_.back().index].body.octets += piece.size();
    if (digests_) open_.back().digest.update(piece);
    return {};
  }

  Result<void> end_file(const mime::EmbeddedFile& file,
                        const mime::EmbeddedEnd& end) override {
    if (open_.back().index == kLeftOut) {
      open_.pop_back();
      return {};
    }
    auto& embedded = (*found_)[open_.back().index];
    embedded.file = file;
    embedded.end = end;
    if (digests_) embedded.body.decoded = open_.back().digest.finish();
    open_.pop_back();
    return {};
  }

  Result<void> message(const mime::TnefMessage&) override { return {}; }

  [[nodiscard]] bool cut_off() const { return cut_off_; }

 private:
  static constexpr std::uint32_t kLeftOut = UINT32_MAX;
  struct Open {
    std::uint32_t index;
    std::uint32_t children;
    Sha256 digest;
  };
  std::vector<EmbeddedPart>* found_ = nullptr;
  std::vector<Open> open_;
  std::uint32_t part_ = 0;
  std::uint32_t count_ = 0;
  std::size_t* of_message_ = nullptr;
  bool digests_ = false;
  bool cut_off_ = false;
};

}  // namespace mailtool::app
