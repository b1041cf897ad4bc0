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
void FetchLane::journal(std::vector<LaneAnswer>& answers) {
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

std::vector<LaneAnswer> FetchLane::turn() {
  auto deliveries = destination_.settle();
  const auto messages = std::exchange(sealed_, std::exchange(ended_, {}));
  std::vector<LaneAnswer> answers;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    answers.push_back({messages[i], std::move(deliveries[i])});
  }
  if (!answers.empty()) journal(answers);
  for (const auto& answer : answers) {
    if (answer.delivery.outcome == Delivery::Outcome::broken) {
      fail(*answer.delivery.why);
      break;
    }
  }
  destination_.seal();
  return answers;
}

}  // namespace mailtool::app
