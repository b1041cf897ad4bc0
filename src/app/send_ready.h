/// \file
/// ReadyIntake: a ready message as it comes in, made fit for sending.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/from_unquoting.h"
#include "app/header_domain.h"
#include "app/invocation.h"
#include "app/outgoing_message.h"
#include "mailtool/mime/ready_message.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// For one message after the other: begin(), write() its octets, end().
class ReadyIntake : public Sink {
 public:
  explicit ReadyIntake(const Invocation& invocation)
      : invocation_(invocation) {}

  /// `quoted_from`: its lines are those of an mboxrd. Fails with usage.
  Result<void> begin(std::string source, bool quoted_from);
  Result<void> write(std::string_view octets) override;
  /// Fails with bad_input: an empty message, bare CR, NUL, a line over 998
  /// octets (RFC 5322 section 2.1.1), with the line's number; with usage when
  /// it has no sender or recipient; with local_io.
  Result<OutgoingMessage> end();
  [[nodiscard]] const std::string& source() const { return source_; }

 private:
  const Invocation& invocation_;
  std::string source_;
  std::unique_ptr<store::Spool> spool_;
  std::optional<mime::ReadyMessage> ready_;
  std::optional<HeaderDomain> completing_;  // --domain, before ready_
  std::optional<FromUnquoting> unquoting_;  // before those two
};

}  // namespace mailtool::app
