/// \file
/// FetchLane: the way of messages into one destination, and then into its
/// journal.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/fetch_destination.h"
#include "mailtool/store/journal.h"

namespace mailtool::app {

/// A message that arrived whole, as the journal is to have it.
struct LaneMessage {
  std::uint32_t number = 0;
  store::Journal::Message name;  ///< no unique-id: it is not journalled
  std::uint64_t header_digest = 0;
  bool journalled = false;  ///< it is in this journal from before
};

/// One that the destination has answered for. Outcome::delivered means that the
/// journal has it too.
struct LaneAnswer {
  LaneMessage message;
  Delivery delivery;
};

/// What fails in one lane breaks that lane alone: from then on it takes no more
/// messages, and what is under way there is dropped.
class FetchLane {
 public:
  /// Both outlive the lane.
  FetchLane(Destination& destination, store::Journal& journal)
      : destination_(destination), journal_(journal) {}

  [[nodiscard]] bool usable() const { return !failure_; }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  [[nodiscard]] bool keeps_crlf() const { return destination_.keeps_crlf(); }

  void begin(std::string_view uid);
  /// Nothing happens unless a message is under way.
  void write(std::string_view octets);
  void discard() noexcept;
  /// Returns false when the message that was under way here is lost to a
  /// failure of the lane.
  bool end(const LaneMessage& message, const store::DeliveryKey& key);

  /// True when turn() is called for.
  [[nodiscard]] bool due() const { return destination_.due(); }
  /// Journals what the destination has made safe, and has it begin to make safe
  /// what came since. Returns what is answered for.
  std::vector<LaneAnswer> turn();

 private:
  void fail(Error why);
  void settle(std::vector<LaneAnswer>& answers);
  void journal(std::span<LaneAnswer> answers);

  Destination& destination_;
  store::Journal& journal_;
  std::optional<Error> failure_;
  bool under_way_ = false;
  std::vector<LaneMessage> ended_;  // since the last seal
  std::vector<LaneMessage> sealed_;
};

}  // namespace mailtool::app
