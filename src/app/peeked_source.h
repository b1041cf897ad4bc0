/// \file
/// PeekedSource: a Source of which can be said whether it is empty.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "mailtool/base/sink.h"

namespace mailtool::app {

class PeekedSource : public Source {
 public:
  /// `rest` outlives it.
  explicit PeekedSource(Source& rest) : rest_(rest) {}

  /// True where there is not one octet; waits for the first. Before the first
  /// read_some(). Fails as `rest` does.
  Result<bool> empty() {
    auto count = rest_.read_some(octets_);
    if (!count) return std::move(count).error();
    held_ = std::span<const char>(octets_).first(*count);
    return held_.empty();
  }

  Result<std::size_t> read_some(std::span<char> into) override {
    if (held_.empty()) return rest_.read_some(into);
    const auto count = std::min(held_.size(), into.size());
    std::copy_n(held_.begin(), count, into.begin());
    held_ = held_.subspan(count);
    return count;
  }

 private:
  Source& rest_;
  std::array<char, 4096> octets_{};
  std::span<const char> held_;
};

}  // namespace mailtool::app
