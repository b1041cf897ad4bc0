/// \file
/// ReportedDelivery: a message whose sender is told that it is in the mailbox
/// (RFC 3461 section 5.2.4).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/queue_state.h"
#include "app/serve_message_head.h"
#include "mailtool/serve/smtp_backend.h"

namespace mailtool::app {

/// The recipients of `envelope`, all of whom are ours, of whose success the
/// sender is to be told; nullopt where there are none, or nobody is to be told.
/// Addresses without a domain have `domain`.
[[nodiscard]] std::optional<QueueState> success_to_tell(
    const serve::Envelope& envelope, const std::string& domain);

/// The envelope of a report to `sender`, by the server `host`.
[[nodiscard]] serve::Envelope envelope_of_report(const std::string& sender,
                                                 const std::string& host);

/// What is reported is so: the report is begun once the message is durable, and
/// the outcome is there once it is, too. What becomes of it is nothing to the
/// message: where it cannot be kept, standard error is told, and nobody else. So
/// nothing that ails the sender's mailbox keeps a message from another's, and
/// none is sent again that is there.
class ReportedDelivery : public serve::Incoming {
 public:
  using BeginReport =
      std::function<Result<std::unique_ptr<serve::Incoming>>()>;
  /// `success`: whom it is about, as success_to_tell() has it.
  ReportedDelivery(std::unique_ptr<serve::Incoming> message,
                   BeginReport begin_report, QueueState success,
                   std::string host);

  Result<void> write(std::string_view octets) override;
  void end() override;
  std::optional<Result<void>> outcome() override;

 private:
  Result<void> send_report();
  void tell_lost(const Error& why) const;

  std::unique_ptr<serve::Incoming> message_;  // until it is durable
  BeginReport begin_report_;
  std::unique_ptr<serve::Incoming> report_;  // from then on
  QueueState success_;
  std::string host_;
  MessageHead head_;
  std::optional<Result<void>> outcome_;
};

}  // namespace mailtool::app
