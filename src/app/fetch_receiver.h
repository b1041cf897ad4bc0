/// \file
/// FetchReceiver: takes messages off the line, into every destination, in
/// batches that are safe before they are counted.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/fetch_destination.h"
#include "app/fetch_order.h"
#include "app/fetch_plan.h"
#include "app/fetch_report.h"
#include "mailtool/base/sha256.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::app {

/// CRLF to LF; a CR or LF that stands alone stays. For every split.
class LineEndConverter {
 public:
  /// Appends to `to`.
  void convert(std::string_view octets, std::string& to);
  /// What is held back at the end of a message.
  void finish(std::string& to);

 private:
  bool held_cr_ = false;
};

/// What one run works with. All outlive the receiver.
struct FetchWork {
  const FetchOptions& options;
  const std::string& identity;
  const pop3::Maildrop& maildrop;
  std::vector<PlannedMessage>& plan;
  std::vector<std::unique_ptr<Destination>>& destinations;
  std::vector<std::unique_ptr<store::Journal>>& journals;
  FetchReport& report;
  FetchOrder& order;
};

class FetchReceiver : public client::MessageReceiver {
 public:
  explicit FetchReceiver(FetchWork& work) : work_(work) {}

  std::optional<client::MessageRequest> next() override;
  Result<void> begin(std::uint32_t number) override;
  Result<void> write(std::string_view octets) override;
  Result<void> end(std::uint32_t number) override;
  Result<void> refused(std::uint32_t number, const Error& why) override;

  /// Makes safe what has arrived whole: destinations first, then journals.
  /// Sets PlannedMessage::safe.
  Result<void> commit();
  /// Drops a message that was cut off.
  void discard();

 private:
  struct Arrived {
    std::uint32_t number;
    std::uint64_t octets;
    std::uint8_t delivered;  // bit i: destination i has a new file of it
  };

  [[nodiscard]] bool wanted_by(std::uint32_t number, std::size_t i) const;
  Result<void> to_destinations(std::string_view text);
  Result<store::DeliveryKey> key_of(std::uint32_t number);

  FetchWork& work_;
  std::uint32_t current_ = 0;  // the message under way; 0: none
  std::uint64_t octets_ = 0;   // of it, as it came
  Sha256 digest_;
  LineEndConverter line_ends_;
  std::string text_;
  std::vector<Arrived> arrived_;
  std::uint64_t arrived_octets_ = 0;
  std::map<store::DeliveryKey, unsigned> repeats_;  // of ambiguous messages
};

}  // namespace mailtool::app
