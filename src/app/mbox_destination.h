/// \file
/// MboxDestination: messages appended to an mbox, in the mboxrd form.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "app/fetch_destination.h"
#include "app/mboxrd.h"
#include "mailtool/store/mbox_file.h"

namespace mailtool::app {

class MboxDestination : public Destination {
 public:
  explicit MboxDestination(std::unique_ptr<store::MboxFile> file)
      : file_(std::move(file)), mboxrd_(*file_) {}

  Result<void> begin(std::string_view uid) override;
  Result<void> write(std::string_view octets) override {
    return mboxrd_.write(octets);
  }
  void discard() noexcept override { file_->discard(); }
  Result<void> end(const store::DeliveryKey& key) override;
  [[nodiscard]] bool due() const override;
  void seal() override {}
  std::vector<Delivery> settle() override;
  void confirm() noexcept override { file_->confirm(); }
  void run_ended() noexcept override { file_->run_ended(); }

 private:
  using Clock = std::chrono::steady_clock;

  std::unique_ptr<store::MboxFile> file_;
  MboxrdWriter mboxrd_;
  std::optional<Clock::time_point> oldest_;  // when it was whole; of the batch
};

}  // namespace mailtool::app
