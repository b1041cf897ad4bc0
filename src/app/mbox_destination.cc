#include "app/mbox_destination.h"

#include <ctime>

#include "app/file_destination.h"

namespace mailtool::app {

Result<void> MboxDestination::begin(std::string_view uid) {
  file_->begin(uid.empty());
  return mboxrd_.begin(std::time(nullptr));
}

Result<void> MboxDestination::end(const store::DeliveryKey& key) {
  if (auto ended = mboxrd_.end(); !ended) return ended;
  file_->end(key);
  if (!oldest_) oldest_ = Clock::now();
  return {};
}

bool MboxDestination::due() const {
  return file_->full() || (oldest_ && Clock::now() - *oldest_ >= kMaxBatchAge);
}

std::vector<Delivery> MboxDestination::settle() {
  oldest_.reset();
  std::vector<Delivery> deliveries;
  for (auto& stored : file_->store()) {
    deliveries.push_back(delivery_of(std::move(stored)));
  }
  return deliveries;
}

}  // namespace mailtool::app
