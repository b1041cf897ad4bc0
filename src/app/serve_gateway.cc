#include "app/serve_gateway.h"

#include <vector>

#include "app/serve_reported_delivery.h"

namespace mailtool::app {
namespace {

// Into the queue first: where that fails nobody has it. Where the folders fail
// then, it is taken back before it has gone. The client sends it again.
class Both : public serve::Incoming {
 public:
  Both(std::unique_ptr<Relayed> queued,
       std::unique_ptr<serve::Incoming> local)
      : queued_(std::move(queued)), local_(std::move(local)) {}

  Result<void> write(std::string_view octets) override {
    auto wrote = queued_->write(octets);
    return wrote ? local_->write(octets) : wrote;
  }
  void end() override {
    queued_->end();
    const auto outcome = queued_->outcome();
    if (outcome && *outcome) local_->end();
  }
  std::optional<Result<void>> outcome() override {
    auto outcome = queued_->outcome();
    if (!outcome || !*outcome) return outcome;
    outcome = local_->outcome();
    if (outcome && !*outcome) queued_->take_back();
    return outcome;
  }

 private:
  std::unique_ptr<Relayed> queued_;
  std::unique_ptr<serve::Incoming> local_;
};

smtp::Reply refused(const char* text) { return {550, {}, {text}}; }

}  // namespace

std::optional<smtp::Reply> ServeGateway::refuses(const serve::Envelope& so_far,
                                                 const smtp::Mailbox& to) {
  // What is in digits is no domain that has an MX record.
  const bool here = local_.is_here(to) || to.address_literal();
  if (here) return local_.refuses(so_far, to);
  if (so_far.user.empty()) return refused("5.7.1 relaying denied");
  if (!relay_) return refused("5.7.1 no mail for other domains goes out");
  return std::nullopt;
}

bool ServeGateway::has_way(const smtp::Mailbox& to) const {
  if (local_.is_here(to)) return !local_.refuses({}, to);
  return relay_ != nullptr && !to.address_literal();
}

Result<std::unique_ptr<serve::Incoming>> ServeGateway::deliver(
    const serve::Envelope& envelope) {
  auto message = local_.begin(envelope);
  auto success = success_to_tell(envelope, local_.host());
  if (!message || !success) return message;
  const auto to =
      smtp::parse_mailbox(success->sender, {.domain_optional = true});
  if (!to || !has_way(*to)) return message;
  // From the null sender, so that nothing is told of the report itself.
  auto begin_report = [this, about = envelope_of_report(success->sender,
                                                        local_.host())] {
    return begin(about);
  };
  return std::unique_ptr<serve::Incoming>(
      new ReportedDelivery(*std::move(message), std::move(begin_report),
                           *std::move(success), local_.host()));
}

Result<std::unique_ptr<serve::Incoming>> ServeGateway::begin(
    const serve::Envelope& envelope) {
  auto here = envelope;
  here.recipients.clear();
  std::vector<smtp::Rcpt> elsewhere;
  for (const auto& rcpt : envelope.recipients) {
    const auto to =
        smtp::parse_mailbox(rcpt.forward_path, {.domain_optional = true});
    if (!to) return to.error();
    (local_.is_here(*to) ? here.recipients : elsewhere).push_back(rcpt);
  }
  if (elsewhere.empty() || !relay_) return deliver(envelope);
  auto queued = relay_->begin(envelope, elsewhere);
  if (!queued) return std::move(queued).error();
  if (auto wrote = (*queued)->write(local_.trace(envelope)); !wrote) {
    return std::move(wrote).error();
  }
  if (here.recipients.empty()) {
    return std::unique_ptr<serve::Incoming>(*std::move(queued));
  }
  auto local = deliver(here);
  if (!local) return local;
  return std::unique_ptr<serve::Incoming>(
      new Both(*std::move(queued), *std::move(local)));
}

}  // namespace mailtool::app
