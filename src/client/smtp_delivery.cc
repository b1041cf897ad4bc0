#include "mailtool/client/smtp_delivery.h"

#include <algorithm>

namespace mailtool::client {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted: return "accepted";
    case Outcome::refused: return "refused";
    case Outcome::deferred: return "deferred";
    case Outcome::unknown: break;
  }
  return "unknown";
}

bool Delivery::all_accepted() const {
  return std::all_of(
      recipients.begin(), recipients.end(),
      [](const auto& r) { return r.outcome == Outcome::accepted; });
}

}  // namespace mailtool::client
