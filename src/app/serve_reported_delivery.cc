#include "app/serve_reported_delivery.h"

#include <ctime>
#include <utility>
#include <vector>

#include "app/qualify.h"
#include "app/queue_notice.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {

std::optional<QueueState> success_to_tell(const serve::Envelope& envelope,
                                          const std::string& domain) {
  if (envelope.mail.reverse_path.empty()) return std::nullopt;
  QueueState state;
  state.queued_at = ::time(nullptr);
  state.sender = envelope.mail.reverse_path;
  state.ret = envelope.mail.ret;
  state.envelope_id = envelope.mail.envid;
  for (const auto& one : envelope.recipients) {
    if (!one.notify.success) continue;
    auto& recipient = state.recipients.emplace_back();
    recipient.address = qualified(one.forward_path, domain);
    recipient.orcpt = one.orcpt;
    recipient.outcome = QueueOutcome::sent;
  }
  if (state.recipients.empty()) return std::nullopt;
  return state;
}

serve::Envelope envelope_of_report(const std::string& sender,
                                   const std::string& host) {
  serve::Envelope envelope;
  envelope.hello.name = host;
  envelope.mail.smtputf8 = !is_ascii(sender);
  envelope.recipients.emplace_back().forward_path = sender;
  return envelope;
}

ReportedDelivery::ReportedDelivery(std::unique_ptr<serve::Incoming> message,
                                   std::unique_ptr<serve::Incoming> report,
                                   QueueState success, std::string host)
    : message_(std::move(message)),
      report_(std::move(report)),
      success_(std::move(success)),
      host_(std::move(host)) {}

Result<void> ReportedDelivery::write(std::string_view octets) {
  head_.add(octets);
  return message_->write(octets);
}

Result<void> ReportedDelivery::write_report() {
  success_.subject = head_.field("Subject");
  success_.message_id = head_.field("Message-ID");
  std::vector<const QueueRecipient*> about;
  for (const auto& one : success_.recipients) about.push_back(&one);
  StringSource original(head_.octets());
  return app::write_report(ReportKind::delivered, success_, about,
                           report_origin(host_, ::time(nullptr)), original,
                           *report_);
}

void ReportedDelivery::end() {
  if (auto written = write_report(); !written) {
    outcome_ = std::move(written);
  } else {
    message_->end();
  }
}

std::optional<Result<void>> ReportedDelivery::outcome() {
  if (outcome_) return outcome_;
  if (!reported_) {
    auto delivered = message_->outcome();
    if (!delivered) return delivered;
    if (!*delivered) return outcome_ = std::move(delivered);
    report_->end();
    reported_ = true;
  }
  return outcome_ = report_->outcome();
}

}  // namespace mailtool::app
