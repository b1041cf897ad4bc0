/// \file
/// StdoutDestination: messages as an mbox on stdout.
#pragma once

#include "app/fetch_destination.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// A reader of the pipe cannot take half a message back: it gets whole ones,
/// which wait in a spool until they are.
class StdoutDestination : public Destination {
 public:
  StdoutDestination(Output& out, const std::string& spool_folder)
      : out_(out), spool_(spool_folder) {}

  Result<void> begin(std::string_view) override { return spool_.clear(); }
  Result<void> write(std::string_view octets) override {
    return spool_.write(octets);
  }
  void discard() noexcept override {}
  Result<void> end(const store::DeliveryKey& key) override;
  [[nodiscard]] bool due() const override;
  void seal() override {}
  std::vector<Delivery> settle() override;

 private:
  Output& out_;
  store::Spool spool_;
  using Clock = std::chrono::steady_clock;
  Clock::time_point oldest_;  // of those written
  std::size_t written_ = 0;  // messages since the last settle()
};

}  // namespace mailtool::app
