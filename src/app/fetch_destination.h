/// \file
/// Destination: one place that fetched messages go to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/destination_name.h"
#include "app/output.h"
#include "mailtool/base/sink.h"
#include "mailtool/store/maildir.h"

namespace mailtool::app {

class Connector;

/// Takes whole messages in order: begin, write*, then end or discard. They
/// are safe after commit(), not before. Content has LF line ends.
class Destination : public Sink {
 public:
  virtual Result<void> begin() = 0;
  /// Forgets the message that was begun; harmless when there is none.
  virtual void discard() noexcept = 0;
  /// True when a message of this key lies there already.
  virtual Result<bool> holds(const store::DeliveryKey& key) = 0;
  virtual Result<void> end(const store::DeliveryKey& key) = 0;
  /// Makes what was ended since the last commit safe.
  virtual Result<void> commit() = 0;
  /// Files of the last commit, in order; none where there are no files.
  [[nodiscard]] virtual const std::vector<std::string>& paths() const = 0;
};

/// What destinations need besides their name. All outlives them.
struct DestinationContext {
  Output& out;                      ///< stdout
  const std::string& account;       ///< user@host, see maildrop_identity()
  const std::string& state_folder;  ///< exists: spools and notes go there
  Connector* connector = nullptr;   ///< dials LMTP servers; null: none are
};

/// Fails with cannot_create (no such program, a folder that cannot be made),
/// local_io, system, or no_input (what is there is no such destination).
Result<std::unique_ptr<Destination>> open_destination(
    const DestinationName& name, const DestinationContext& context);

}  // namespace mailtool::app
