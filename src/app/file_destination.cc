#include "app/file_destination.h"

namespace mailtool::app {

Delivery delivery_of(store::Stored stored) {
  Delivery delivery;
  if (stored.error) delivery.outcome = Delivery::Outcome::broken;
  delivery.path = std::move(stored.path);
  delivery.why = std::move(stored.error);
  return delivery;
}

std::vector<Delivery> FileDestination::settle() {
  std::vector<Delivery> deliveries;
  for (auto& stored : files_->settle()) {
    deliveries.push_back(delivery_of(std::move(stored)));
  }
  return deliveries;
}

}  // namespace mailtool::app
