#include "mailtool/client/smtp_delivery.h"

#include <algorithm>

namespace mailtool::client {

bool Delivery::all_accepted() const {
  return std::all_of(
      recipients.begin(), recipients.end(),
      [](const auto& r) { return r.outcome == Outcome::accepted; });
}

}  // namespace mailtool::client
