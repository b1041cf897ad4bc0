/// \file
/// One fetch: from the connection to QUIT, in the order that a crash at any
/// moment leaves right.
#pragma once

#include <chrono>
#include <memory>

#include "app/connect.h"
#include "app/fetch_options.h"
#include "app/fetch_report.h"
#include "app/fetch_state.h"
#include "app/output.h"

namespace mailtool::app {

/// The server, as the options say to reach it; the tests have one of their own.
class FetchServer {
 public:
  virtual ~FetchServer() = default;
  /// A stream that outlives the session; implicit TLS is negotiated.
  virtual Result<Stream*> connect() = 0;
  [[nodiscard]] virtual TlsMode tls_mode() const = 0;
  virtual Result<sasl::Credentials> credentials() = 0;
  [[nodiscard]] virtual sasl::Policy auth_policy() const = 0;
  [[nodiscard]] virtual std::chrono::milliseconds timeout() const = 0;
  /// What dials other servers, for destinations that are some; null: nothing.
  [[nodiscard]] virtual Connector* connector() { return nullptr; }
};

/// Runs one session. What happens to single messages is in the report; an
/// Error is what ended the session. `state` is locked and read.
///
/// The order: whole message in tmp, synced; moved, folder synced; journal
/// synced; only then DELE and QUIT in one flight. Cut anywhere, nothing is
/// lost, and the next run recognises what was delivered.
Result<void> run_fetch(const FetchOptions& options, const std::string& identity,
                       FetchState& state, FetchServer& server,
                       FetchReport& report, Output& out);

}  // namespace mailtool::app
