/// \file
/// ReportedDelivery: a message whose sender is told that it is in the mailbox
/// (RFC 3461 section 5.2.4).
#pragma once

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

/// What is reported is so: the report is ended once the message is durable. It
/// is written before, so that a full disk is found while nobody has the
/// message. Where it cannot be kept all the same the client sends all again:
/// rather delivered twice than told never. The outcome is that of both.
class ReportedDelivery : public serve::Incoming {
 public:
  /// `success`: whom it is about, as success_to_tell() has it.
  ReportedDelivery(std::unique_ptr<serve::Incoming> message,
                   std::unique_ptr<serve::Incoming> report, QueueState success,
                   std::string host);

  Result<void> write(std::string_view octets) override;
  void end() override;
  std::optional<Result<void>> outcome() override;

 private:
  Result<void> write_report();

  std::unique_ptr<serve::Incoming> message_;
  std::unique_ptr<serve::Incoming> report_;
  QueueState success_;
  std::string host_;
  MessageHead head_;
  bool reported_ = false;  // the report is on its way to the disk
  std::optional<Result<void>> outcome_;
};

}  // namespace mailtool::app
