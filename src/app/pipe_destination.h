/// \file
/// PipeDestination: each message to a program, on its stdin.
#pragma once

#include <optional>

#include "app/delivery_program.h"
#include "app/fetch_destination.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// The program gets a message once it is whole: stdin is the spooled file, at
/// its start; MAILTOOL_MAILDROP, MAILTOOL_UID, MAILTOOL_SIZE (octets of that
/// file) and MAILTOOL_ACCOUNT (its name, else the maildrop again) are in its
/// environment. Status 0 is delivered, whether or not it has
/// read anything; 75 is later; anything else, and an end by a signal, is kept
/// and counts. What it writes, to stdout or stderr, is shown on stderr.
class PipeDestination : public Destination {
 public:
  /// Fails with cannot_create when there is no such program.
  static Result<std::unique_ptr<Destination>> open(
      const DestinationName& name, const DestinationContext& context);

  Result<void> begin(std::string_view uid) override;
  Result<void> write(std::string_view octets) override {
    return spool_->write(octets);
  }
  void discard() noexcept override { spool_.reset(); }
  Result<void> end(const store::DeliveryKey& key) override;
  [[nodiscard]] bool due() const override { return !answers_.empty(); }
  void seal() override {}
  std::vector<Delivery> settle() override;

 private:
  PipeDestination(DeliveryProgram program, const DestinationContext& context)
      : program_(std::move(program)),
        maildrop_(context.account),
        account_(context.account_name),
        report_(context.report),
        spool_folder_(context.state_folder) {}

  DeliveryProgram program_;
  std::string maildrop_;
  std::string account_;
  FetchReport* report_;
  std::string spool_folder_;
  // One a message: a program may go on reading it in the background.
  std::optional<store::Spool> spool_;
  std::string uid_;
  std::vector<Delivery> answers_;
};

}  // namespace mailtool::app
