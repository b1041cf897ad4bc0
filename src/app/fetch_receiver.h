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
#include "app/fetch_header_digest.h"
#include "app/fetch_lane.h"
#include "app/fetch_order.h"
#include "app/fetch_plan.h"
#include "app/fetch_report.h"
#include "app/lf_sink.h"
#include "mailtool/base/sha256.h"
#include "mailtool/client/pop3_client.h"
#include "store/content_hash.h"

namespace mailtool::app {

class FetchBlame;

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
  FetchBlame& blame;
  /// Each message is safe before the next one is taken: for servers that hide
  /// what they have sent.
  bool one_by_one = false;
  /// Some destination failed: what it was given may be half there.
  bool destination_broke = false;
};

/// A destination that fails does not stop the others: it gets no more messages,
/// and what it did not get is not safe. Once none is left, that is the failure
/// of the receiver.
class FetchReceiver : public client::MessageReceiver {
 public:
  explicit FetchReceiver(FetchWork& work);
  ~FetchReceiver() override;

  std::optional<client::MessageRequest> next() override;
  Result<void> begin(std::uint32_t number) override;
  Result<void> write(std::string_view octets) override;
  Result<void> end(std::uint32_t number) override;
  Result<void> refused(std::uint32_t number, const Error& why) override;

  /// Makes safe what has arrived whole: destinations first, then journals. Sets
  /// PlannedMessage::safe. Fails as the first destination that failed when none
  /// is left; of others that failed it tells.
  Result<void> commit();
  /// Drops a message that was cut off.
  void discard();

 private:
  // A message that came whole, until every destination has answered for it.
  struct Arrived {
    std::uint64_t octets = 0;
    std::uint8_t waits_for = 0;  // bit i: destination i has not answered
    std::uint8_t delivered = 0;  // bit i: destination i has it
    std::vector<std::string> paths;
  };
  class Lanes;

  [[nodiscard]] bool wanted_by(std::uint32_t number, std::size_t i) const;
  [[nodiscard]] Result<void> any_lane_left() const;
  store::DeliveryKey key_of(std::uint32_t number, const HeaderDigest& header);
  Result<void> skip_too_large(std::uint32_t number);
  Result<void> turn(std::size_t lane);
  Result<void> turn_all();
  Result<void> answered(std::size_t lane, const LaneAnswer& answer);
  Result<void> not_delivered(const LaneAnswer& answer, std::size_t lane);

  FetchWork& work_;
  std::vector<FetchLane> lanes_;
  std::unique_ptr<Lanes> to_lanes_;
  std::optional<LfSink> line_ends_;  // of the message under way

  std::uint32_t current_ = 0;  // the message under way; 0: none
  std::uint64_t octets_ = 0;   // of it, as it came
  bool oversized_ = false;     // it is read, and dropped
  bool sizes_lie_ = false;     // those of LIST: a message has shown it
  HeaderDigester header_;
  store::ContentHash content_;
  Sha256 body_;  // where the header has no Message-ID

  std::map<std::uint32_t, Arrived> arrived_;        // by number
  std::map<store::DeliveryKey, unsigned> repeats_;  // of ambiguous messages
};

}  // namespace mailtool::app
