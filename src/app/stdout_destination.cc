#include "app/stdout_destination.h"

#include <ctime>
#include <utility>

#include "app/mboxrd.h"

namespace mailtool::app {
namespace {

// What is flushed together, and is fetched again if that fails.
constexpr std::size_t kBatchMessages = 100;

}  // namespace

Result<void> StdoutDestination::end(const store::DeliveryKey&) {
  const auto source = spool_.source();
  MboxrdWriter mbox(out_);
  if (auto begun = mbox.begin(std::time(nullptr)); !begun) return begun;
  if (auto copied = copy_all(*source, mbox); !copied) return copied;
  if (auto ended = mbox.end(); !ended) return ended;
  if (written_++ == 0) oldest_ = Clock::now();
  return {};
}

bool StdoutDestination::due() const {
  if (written_ == 0) return false;
  return written_ >= kBatchMessages || Clock::now() - oldest_ >= kMaxBatchAge;
}

std::vector<Delivery> StdoutDestination::settle() {
  std::vector<Delivery> deliveries(std::exchange(written_, 0));
  if (deliveries.empty()) return deliveries;
  if (auto flushed = out_.flush(); !flushed) {
    for (auto& delivery : deliveries) {
      delivery.outcome = Delivery::Outcome::broken;
      delivery.why = flushed.error();
    }
  }
  return deliveries;
}

}  // namespace mailtool::app
