#include "app/send_session.h"

#include <utility>

#include "app/sender_identity.h"

namespace mailtool::app {
namespace {

client::SmtpOptions client_options(const Connector& connector,
                                   const SessionPlan& plan) {
  client::SmtpOptions options;
  options.host_name = helo_name();
  options.lmtp = plan.lmtp;
  options.timeout = connector.timeout();
  return options;
}

}  // namespace

SendSession::SendSession(Connector& connector, Connection connection,
                         const SessionPlan& plan, std::string host)
    : connection_(std::move(connection)),
      client_(*connection_.stream, client_options(connector, plan)),
      host_(std::move(host)) {}

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

void SendSession::send(const OutgoingMessage& message,
                       std::vector<RecipientResult>& results,
                       std::vector<std::size_t> chosen,
                       client::LastMessage last_here) {
  while (!chosen.empty()) {
    client::Envelope envelope;
    envelope.sender = message.envelope_from;
    for (const auto index : chosen) {
      envelope.recipients.push_back({results[index].recipient, {}, ""});
    }
    envelope.utf8_headers = message.needs_smtputf8;
    const auto form = [&](smtp::Body) -> Result<client::MessageText> {
      const bool eight_bit = message.has_8bit_body || message.needs_smtputf8;
      return client::MessageText{message.content->source(),
                                 message.content->size(),
                                 eight_bit ? smtp::Body::eight_bit_mime
                                           : smtp::Body::seven_bit};
    };
    // QUIT along with the final dot saves a round trip. With more recipients
    // than one the server may want another transaction first.
    const auto last =
        chosen.size() == 1 ? last_here : client::LastMessage::no;
    const auto delivery = client_.send(envelope, form, last);

    std::vector<std::size_t> left_over;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const auto& report = delivery.recipients[i];
      auto& result = results[chosen[i]];
      if (report.too_many_recipients) left_over.push_back(chosen[i]);
      result.outcome = report.outcome;
      result.error = report.error;
      result.reply = report.reply;
      result.host = host_;
      result.ip = connection_.peer;
      result.tls = tls_version();
      ++result.attempts;
    }
    if (delivery.connection_lost || last == client::LastMessage::yes) {
      usable_ = false;
    }
    // Without progress another transaction would go round in circles.
    if (!usable_ || left_over.size() == chosen.size()) return;
    chosen = std::move(left_over);
  }
}

}  // namespace mailtool::app
