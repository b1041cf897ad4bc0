/// \file
/// Destination: one place that fetched messages go to.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/destination_name.h"
#include "app/output.h"
#include "mailtool/base/sink.h"
#include "mailtool/store/delivery_key.h"

namespace mailtool::app {

class Connector;
class FetchReport;

/// What became of one message at one destination.
struct Delivery {
  enum class Outcome : std::uint8_t {
    delivered,  ///< it is safe there, from now or from an earlier run
    later,      ///< not taken now; it is tried again in the next run
    kept,       ///< not taken, and this counts as a try that failed
    broken,     ///< the destination takes no more, whatever the message
  };
  Outcome outcome = Outcome::delivered;
  std::string path;          ///< of a file that was made for it, if any
  std::optional<Error> why;  ///< set unless delivered
};

/// On a slow line a batch is sealed when its first message is so old.
constexpr std::chrono::seconds kMaxBatchAge{3};

/// Takes whole messages in order: begin, write*, then end or discard. Those
/// ended make a batch; seal() begins to make it safe, and settle() tells what
/// became of it, while the next batch may be filled.
///
/// An Error of begin, write or end says that the destination takes no more;
/// what was sealed or ended before can still be settled.
class Destination : public Sink {
 public:
  /// `uid` as the server has it; empty when it has none.
  virtual Result<void> begin(std::string_view uid) = 0;
  /// Forgets the message that was begun; harmless when there is none.
  virtual void discard() noexcept = 0;
  /// The message is whole. Where messages are recognised, one whose `key` is
  /// there already is not taken twice.
  virtual Result<void> end(const store::DeliveryKey& key) = 0;
  /// True when the batch should be sealed now.
  [[nodiscard]] virtual bool due() const = 0;
  /// \pre settle() since the last call.
  virtual void seal() = 0;
  /// One entry for each message sealed, in order of end().
  virtual std::vector<Delivery> settle() = 0;
  /// False: settle() follows seal() at once, so that the journal is never
  /// behind by a batch.
  [[nodiscard]] virtual bool overlaps() const { return false; }
  /// True: it is fed with the octets as they came; else with LF line ends,
  /// unless --raw-crlf.
  [[nodiscard]] virtual bool keeps_crlf() const { return false; }
  /// What settle() told last is in the journal.
  virtual void confirm() noexcept {}
  /// The session ended well: what was to go is gone from the server.
  virtual void run_ended() noexcept {}
};

/// What destinations need besides their name. All outlives them.
struct DestinationContext {
  Output& out;                      ///< stdout
  const std::string& account;       ///< user@host, see maildrop_identity()
  const std::string& state_folder;  ///< exists: spools and notes go there
  Connector* connector = nullptr;   ///< dials LMTP servers; null: none are
  FetchReport* report = nullptr;    ///< tells lines on stderr; null: none are
  std::string account_name = {};    ///< in the config file; empty: none
  /// When the run must be over; none: never.
  std::optional<std::chrono::steady_clock::time_point> end = {};
};

/// Fails with cannot_create (no such program, a folder that cannot be made),
/// local_io, system, or no_input (what is there is no such destination).
Result<std::unique_ptr<Destination>> open_destination(
    const DestinationName& name, const DestinationContext& context);

}  // namespace mailtool::app
