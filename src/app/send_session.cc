#include "app/send_session.h"

#include <utility>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

client::SmtpOptions client_options(const Connector& connector,
                                   const SessionPlan& plan) {
  client::SmtpOptions options;
  options.host_name = connector.helo();
  options.lmtp = plan.lmtp;
  options.chunking = plan.chunking;
  options.timeout = connector.timeout();
  return options;
}

// RFC 3461 section 4.2; utf-8-addr-unitext of RFC 6533 section 3 where the
// address is not ASCII.
std::string original_recipient(const std::string& address) {
  return (is_ascii(address) ? "rfc822;" : "utf-8;") + address;
}

}  // namespace

SendSession::SendSession(Connector& connector, Connection connection,
                         const SessionPlan& plan, std::string host)
    : connection_(std::move(connection)),
      client_(*connection_.stream, client_options(connector, plan)),
      host_(std::move(host)),
      progress_(plan.progress) {}

Result<std::unique_ptr<SendSession>> SendSession::start(Connector& connector,
                                                        Connection connection,
                                                        const SessionPlan& plan,
                                                        std::string host) {
  std::unique_ptr<SendSession> session(new SendSession(
      connector, std::move(connection), plan, std::move(host)));
  if (auto up = session->bring_up(connector, plan); !up) {
    session->quit();
    return std::move(up).error();
  }
  return session;
}

Result<void> SendSession::bring_up(Connector& connector,
                                   const SessionPlan& plan) {
  if (auto greeted = client_.open(); !greeted) return greeted;
  const bool offered = client_.capabilities().starttls;
  const bool wanted = plan.tls == TlsMode::required ||
                      (plan.tls == TlsMode::opportunistic && offered);
  if (plan.upgrade && wanted) {
    auto secured = client_.start_tls();
    // Offered and then refused: the session stands, in clear text.
    const bool goes_on = !secured && plan.tls == TlsMode::opportunistic &&
                         secured.error().step == "STARTTLS" &&
                         (secured.error().kind == ErrorKind::unsupported ||
                          secured.error().kind == ErrorKind::deferred);
    if (!secured && !goes_on) {
      if (secured.error().kind != ErrorKind::unsupported) return secured;
      return std::move(secured).error().with_hint(
          "--tls off goes on in clear text, --tls opportunistic where there is "
          "nothing else");
    }
  }
  if (plan.login == nullptr) return {};
  auto credentials = connector.credentials(*plan.login);
  if (!credentials) return std::move(credentials).error();
  return client_.authenticate(*credentials, connector.auth_policy(connection_));
}

bool SendSession::still_answers() {
  if (usable_ && !client_.reset()) usable_ = false;
  return usable_;
}

std::string SendSession::tls_version() const {
  const auto tls = connection_.stream->tls();
  return tls ? tls->version : "";
}

void SendSession::plan(std::vector<RecipientResult>& results,
                       const std::vector<std::size_t>& chosen) const {
  for (const auto index : chosen) {
    auto& result = results[index];
    result.planned = true;
    result.error.reset();
    result.host = host_;
    result.ip = connection_.peer;
    result.tls = tls_version();
  }
}

client::Delivery SendSession::transact(
    const OutgoingMessage& message, const std::vector<RecipientResult>& results,
    const std::vector<std::size_t>& chosen, client::LastMessage last) {
  client::Envelope envelope;
  envelope.sender = message.envelope_from;
  envelope.utf8_headers = message.needs_smtputf8;
  envelope.dsn_return = message.dsn.ret;
  envelope.envelope_id = message.dsn.envelope_id;
  const bool reported = message.dsn.notify != smtp::DsnNotify{};
  for (const auto index : chosen) {
    const auto& address = results[index].recipient;
    auto orcpt = results[index].orcpt;
    if (orcpt.empty() && reported) orcpt = original_recipient(address);
    envelope.recipients.push_back(
        {address, message.dsn.notify, std::move(orcpt)});
  }
  const auto form = [&](smtp::Body most) -> Result<client::MessageText> {
    auto text = message.content->text(most);
    if (text && progress_ != nullptr) {
      progress_->expect(text->octets);
      text->source = progress_->watch(std::move(text->source));
    }
    return text;
  };
  return client_.send(envelope, form, last);
}

void SendSession::record(const client::RecipientReport& report,
                         RecipientResult& result) {
  result.outcome = report.outcome;
  result.error = report.error;
  result.reply = report.reply;
  // A RCPT that was accepted decided nothing where the connection broke later.
  if (report.error && report.reply && report.reply->positive()) {
    result.reply.reset();
  }
  result.host = host_;
  result.ip = connection_.peer;
  result.tls = tls_version();
  ++result.attempts;
}

// Those of `chosen` whom another session may send to at once.
std::vector<std::size_t> SendSession::undecided(
    const std::vector<std::size_t>& chosen,
    const std::vector<RecipientResult>& results) {
  std::vector<std::size_t> left;
  for (const auto index : chosen) {
    if (results[index].outcome == client::Outcome::deferred) {
      left.push_back(index);
    }
  }
  return left;
}

std::vector<std::size_t> SendSession::send(
    const OutgoingMessage& message, std::vector<RecipientResult>& results,
    std::vector<std::size_t> chosen, client::LastMessage last) {
  for (;;) {
    const auto delivery = transact(message, results, chosen, last);
    std::vector<std::size_t> left_over;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const auto& report = delivery.recipients[i];
      record(report, results[chosen[i]]);
      results[chosen[i]].dsn_ignored = delivery.dsn_ignored;
      if (report.too_many_recipients) left_over.push_back(chosen[i]);
    }
    if (delivery.connection_lost || !client_.takes_more()) usable_ = false;
    if (delivery.chunking_broken) {
      chunking_broken_ = true;
      if (!usable_) return undecided(chosen, results);
    }
    // Without progress another transaction would go round in circles.
    if (left_over.empty() || left_over.size() == chosen.size()) return {};
    if (!usable_) return left_over;
    chosen = std::move(left_over);
  }
}

}  // namespace mailtool::app
