#include "app/serve_reported_delivery.h"

#include <ctime>
#include <utility>
#include <vector>

#include "app/output.h"
#include "app/qualify.h"
#include "app/queue_notice.h"
#include "app/queue_report.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

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
                                   BeginReport begin_report,
                                   QueueState success, std::string host)
    : message_(std::move(message)),
      begin_report_(std::move(begin_report)),
      success_(std::move(success)),
      host_(std::move(host)) {}

Result<void> ReportedDelivery::write(std::string_view octets) {
  head_.add(octets);
  return message_->write(octets);
}

void ReportedDelivery::end() { message_->end(); }

Result<void> ReportedDelivery::send_report() {
  auto begun = begin_report_();
  if (!begun) return std::move(begun).error();
  success_.subject = head_.field("Subject");
  success_.message_id = head_.field("Message-ID");
  std::vector<const QueueRecipient*> about;
  for (const auto& one : success_.recipients) about.push_back(&one);
  StringSource original(head_.octets());
  auto written = write_report(ReportKind::delivered, success_, about,
                              report_origin(host_, ::time(nullptr)), original,
                              **begun);
  if (!written) return written;
  report_ = *std::move(begun);
  report_->end();
  return {};
}

void ReportedDelivery::tell_lost(const Error& why) const {
  warn("serve", "a message is delivered, and its sender, " +
                    printable(success_.sender, 320) +
                    ", cannot be told: " + why.one_line());
}

std::optional<Result<void>> ReportedDelivery::outcome() {
  if (outcome_) return outcome_;
  if (message_) {
    auto delivered = message_->outcome();
    if (!delivered) return delivered;
    if (!*delivered) return outcome_ = std::move(delivered);
    // What it took beside the mailboxes is room for the report.
    message_.reset();
    if (auto sent = send_report(); !sent) {
      tell_lost(sent.error());
      return outcome_ = Result<void>();
    }
  }
  const auto kept = report_->outcome();
  if (!kept) return std::nullopt;
  if (!*kept) tell_lost(kept->error());
  return outcome_ = Result<void>();
}

}  // namespace mailtool::app
