/// \file
/// ServePace: so many octets a second.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace mailtool::app {

/// One way of one connection. What is not used of a tenth of a second is lost.
class ServePace {
 public:
  using Clock = std::chrono::steady_clock;

  /// `rate`: octets a second; 0: no limit.
  ServePace(std::uint64_t rate, Clock::time_point now)
      : rate_(std::min(rate, kMaxRate)), now_(now) {}

  /// How many octets may pass at `now`.
  [[nodiscard]] std::size_t allowed(Clock::time_point now) {
    if (rate_ == 0) return SIZE_MAX;
    fill(now);
    return static_cast<std::size_t>(saved_ / kUnit);
  }
  void passed(std::size_t octets) {
    if (rate_ > 0) saved_ -= std::min(saved_, octets * kUnit);
  }
  /// How long until the next octet may pass; 0: now.
  [[nodiscard]] std::chrono::milliseconds until(Clock::time_point now) {
    if (allowed(now) > 0) return std::chrono::milliseconds(0);
    return std::chrono::milliseconds((kUnit - saved_) / rate_ / 1'000'000 + 1);
  }

 private:
  static constexpr std::uint64_t kUnit = 1'000'000'000;  // an octet, by the ns
  static constexpr std::uint64_t kMaxRate = kUnit;

  void fill(Clock::time_point now) {
    const auto most = std::max<std::uint64_t>(rate_ / 10, 1) * kUnit;
    const auto passed =
        std::chrono::duration_cast<std::chrono::nanoseconds>(now - now_);
    const auto some = static_cast<std::uint64_t>(std::clamp<std::int64_t>(
        passed.count(), 0, static_cast<std::int64_t>(kUnit)));
    saved_ = std::min(most, saved_ + some * rate_);
    now_ = now;
  }

  std::uint64_t rate_;
  Clock::time_point now_;
  std::uint64_t saved_ = 0;  // in octets times kUnit
};

}  // namespace mailtool::app
