/// \file
/// FetchAccount: one of the accounts that a run of fetch takes mail from.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/fetch_counts.h"
#include "app/fetch_options.h"
#include "app/fetch_progress.h"
#include "app/output.h"

namespace mailtool::app {

class Connector;
class FetchReport;
class SessionLogs;

/// What the accounts of one run have in common; it outlives them.
struct FetchCommon {
  Output& out;  ///< stdout, for destinations
  FetchProgress& progress;
  SessionLogs& logs;
  bool several = false;  ///< accounts
};

/// With options, connection, lock, session and report of its own. A failure is
/// told by run(), and stops no other account.
class FetchAccount {
 public:
  /// `invocation` outlives it.
  FetchAccount(const Invocation& invocation, FetchCommon& common);
  ~FetchAccount();

  /// Checks the options; touches nothing.
  void prepare();
  /// Asks for the password now, if it is the user who is asked.
  void ask();
  /// The account fails, for this.
  void give_up(Error error);

  /// Fetches. `data` gets the listing and JSON. Fails with interrupted, and
  /// where `data` does.
  Result<ExitStatus> run(Sink& data);

  /// Why it failed before run(); null: it did not.
  [[nodiscard]] const Error* failed() const {
    return failed_ ? &*failed_ : nullptr;
  }
  /// Once it is prepared.
  [[nodiscard]] const FetchOptions* options() const {
    return options_ ? &*options_ : nullptr;
  }
  /// user@host; empty where it is not prepared.
  [[nodiscard]] const std::string& identity() const { return identity_; }
  /// As the config file calls it; else the identity.
  [[nodiscard]] std::string name() const;
  /// After run().
  [[nodiscard]] const FetchCounts& counts() const { return counts_; }

 private:
  Result<void> check();
  Result<void> fetch(FetchReport& report);
  [[nodiscard]] Error named(Error error) const;

  const Invocation& invocation_;
  FetchCommon& common_;
  std::optional<FetchOptions> options_;
  std::unique_ptr<Connector> connector_;
  std::string identity_;
  std::optional<Error> failed_;
  FetchCounts counts_;
};

}  // namespace mailtool::app
