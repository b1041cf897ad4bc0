#include "app/fetch_order.h"

#include <algorithm>

#include "app/signals.h"

namespace mailtool::app {
namespace {

// Of headers that LIST says nothing about: enough for the window to be one.
constexpr std::uint64_t kHeaderOctets = 4096;

}  // namespace

FetchOrder::FetchOrder(const FetchOptions& options,
                       const pop3::Maildrop& maildrop,
                       const std::vector<PlannedMessage>& plan)
    : maildrop_(maildrop), headers_only_(options.headers_only) {
  std::ptrdiff_t slow = 0;  // where those begin that may last the whole run
  for (const unsigned delay : {0u, 1u, 2u}) {
    slow = static_cast<std::ptrdiff_t>(numbers_.size());
    for (std::uint32_t number = 1; number <= plan.size(); ++number) {
      const auto& message = plan[number - 1];
      if (message.action == FetchAction::fetch && message.delay() == delay) {
        numbers_.push_back(number);
      }
    }
  }
  // One that never comes in time blocks only what is no smaller.
  std::stable_sort(numbers_.begin() + slow, numbers_.end(),
                   [&](std::uint32_t a, std::uint32_t b) {
                     return maildrop.octets(a).value_or(0) <
                            maildrop.octets(b).value_or(0);
                   });
}

std::optional<client::MessageRequest> FetchOrder::next() {
  if (looked_ == numbers_.size() || caught_signal() != 0) return std::nullopt;
  const auto number = numbers_[looked_++];
  numbers_[asked_++] = number;
  auto octets = maildrop_.octets(number).value_or(0);
  if (headers_only_) octets = std::min(octets, kHeaderOctets);
  return client::MessageRequest{number, octets, headers_only_};
}

std::optional<std::uint32_t> FetchOrder::under_way() const {
  if (answered_ >= asked_) return std::nullopt;
  return numbers_[answered_];
}

std::optional<std::uint32_t> FetchOrder::after_that_under_way() const {
  if (answered_ + 1 >= asked_) return std::nullopt;
  return numbers_[answered_ + 1];
}

bool FetchOrder::others_left() const {
  return looked_ < numbers_.size() || answered_ + 1 < asked_;
}

}  // namespace mailtool::app
