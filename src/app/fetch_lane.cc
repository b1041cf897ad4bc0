#include "app/fetch_lane.h"

#include <utility>

namespace mailtool::app {

void FetchLane::fail(Error why) {
  if (!failure_) failure_ = std::move(why);
  discard();
}

void FetchLane::begin(std::string_view uid) {
  if (failure_) return;
  under_way_ = true;
  if (auto begun = destination_.begin(uid); !begun) {
    fail(std::move(begun).error());
  }
}

void FetchLane::write(std::string_view octets) {
  if (!under_way_ || octets.empty()) return;
  if (auto written = destination_.write(octets); !written) {
    fail(std::move(written).error());
  }
}

void FetchLane::discard() noexcept {
  if (under_way_) destination_.discard();
  under_way_ = false;
}

bool FetchLane::end(const LaneMessage& message, const store::DeliveryKey& key) {
  if (!under_way_) return false;
  if (auto ended = destination_.end(key); !ended) {
    fail(std::move(ended).error());
    return false;
  }
  under_way_ = false;
  ended_.push_back(message);
  return true;
}

// What the destination has and the journal has not will be recognised in the
// next run: to be sure, it counts for nothing in this one.
void FetchLane::journal(std::span<LaneAnswer> answers) {
  for (const auto& [message, delivery] : answers) {
    if (delivery.outcome != Delivery::Outcome::delivered) continue;
    if (message.name.uid.empty() || message.journalled) continue;
    journal_.add_fetched(message.name, message.header_digest);
  }
  if (auto safe = journal_.commit(); !safe) {
    for (auto& answer : answers) {
      if (answer.delivery.outcome != Delivery::Outcome::delivered) continue;
      answer.delivery = {Delivery::Outcome::broken, "", safe.error()};
    }
    fail(std::move(safe).error());
    return;
  }
  destination_.confirm();
}

void FetchLane::settle(std::vector<LaneAnswer>& answers) {
  auto deliveries = destination_.settle();
  const auto first = answers.size();
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    answers.push_back({sealed_[i], std::move(deliveries[i])});
  }
  sealed_.clear();
  const auto fresh = std::span(answers).subspan(first);
  if (fresh.empty()) return;
  journal(fresh);
  for (const auto& answer : fresh) {
    if (answer.delivery.outcome == Delivery::Outcome::broken) {
      return fail(*answer.delivery.why);
    }
  }
}

std::vector<LaneAnswer> FetchLane::turn() {
  std::vector<LaneAnswer> answers;
  if (destination_.overlaps()) settle(answers);
  sealed_.swap(ended_);
  destination_.seal();
  if (!destination_.overlaps()) settle(answers);
  return answers;
}

}  // namespace mailtool::app
