#include "app/mx_session.h"

#include <algorithm>
#include <utility>

#include "app/exit_status.h"
#include "app/forwarding_stream.h"

namespace mailtool::app {
namespace {

// Remembers that the handshake itself failed.
class HandshakeWatch : public ForwardingStream {
 public:
  HandshakeWatch(std::unique_ptr<Stream> inner, std::shared_ptr<bool> failed)
      : ForwardingStream(std::move(inner)), failed_(std::move(failed)) {}

  Result<void> start_tls() override {
    auto done = inner_->start_tls();
    *failed_ = !done;
    return done;
  }

 private:
  std::shared_ptr<bool> failed_;
};

struct Attempt {
  TlsMode mode = TlsMode::off;
  bool verify = false;
};

// What is tried at an address, the next where the handshake of the one before
// failed.
std::vector<Attempt> attempts_of(MxTlsRule rule) {
  switch (rule) {
    case MxTlsRule::off: return {{TlsMode::off, false}};
    case MxTlsRule::testing:
      return {{TlsMode::opportunistic, true},
              {TlsMode::opportunistic, false},
              {TlsMode::off, false}};
    case MxTlsRule::opportunistic:
      return {{TlsMode::opportunistic, false}, {TlsMode::off, false}};
    case MxTlsRule::required:
    case MxTlsRule::sts:
    case MxTlsRule::dane: return {{TlsMode::required, true}};
    case MxTlsRule::dane_unusable: return {{TlsMode::required, false}};
  }
  return {};
}

class Starter {
 public:
  Starter(Connector& connector, const MxHost& host, SendProgress* progress)
      : connector_(connector), host_(host), progress_(progress) {}

  Result<std::unique_ptr<SendSession>> start(
      const Attempt& attempt, const std::vector<net::Endpoint>& endpoints) {
    auto policy = host_.tls.policy;
    policy.verify = attempt.verify;
    handshake_failed_ = std::make_shared<bool>(false);
    auto connection = connector_.open_exchanger(
        host_.name, endpoints,
        attempt.mode == TlsMode::off ? nullptr : &policy);
    if (!connection) return std::move(connection).error();
    reached = connection->endpoint;
    connection->stream = std::make_unique<HandshakeWatch>(
        std::move(connection->stream), handshake_failed_);
    SessionPlan plan;
    plan.tls = attempt.mode;
    plan.progress = progress_;
    // A host that is lost before it has the message leaves the next one to try.
    plan.chunking = false;
    return SendSession::start(connector_, std::move(*connection), plan,
                              host_.name);
  }

  [[nodiscard]] bool handshake_failed() const { return *handshake_failed_; }

  std::optional<net::Endpoint> reached;

 private:
  Connector& connector_;
  const MxHost& host_;
  SendProgress* progress_;
  std::shared_ptr<bool> handshake_failed_;
};

// The domain asked for what the host lacks. It may be mended, or be no more
// than an attack that passes: the mail waits.
Error fell_short(Error error, const MxHost& host) {
  if (exit_status(error.kind) != ExitStatus::temp_fail) {
    error.kind = ErrorKind::deferred;
  }
  error.hint = "TLS is required there: " + host.tls.why;
  return error;
}

bool about_tls(const Error& error) {
  return error.kind == ErrorKind::unsupported ||
         error.kind == ErrorKind::untrusted ||
         error.kind == ErrorKind::insecure || error.step == "STARTTLS";
}

}  // namespace

MxSessionStart start_session(Connector& connector, const MxHost& host,
                             const std::vector<net::Endpoint>& endpoints,
                             SendProgress* progress) {
  Starter starter(connector, host, progress);
  auto here = endpoints;
  MxSessionStart start;
  for (const auto& attempt : attempts_of(host.tls.rule)) {
    auto session = starter.start(attempt, here);
    start.reached = starter.reached;
    if (session) {
      if (host.tls.rule == MxTlsRule::testing &&
          (*session)->tls_version().empty() && attempt.mode != TlsMode::off) {
        connector.note(host.name + " has no TLS: with enforce, the " +
                       host.tls.why + " would keep mail from it");
      }
      start.session = *std::move(session);
      start.error.reset();
      return start;
    }
    start.error = std::move(session).error();
    if (!starter.handshake_failed() ||
        start.error->kind == ErrorKind::interrupted) {
      break;
    }
    if (host.tls.rule == MxTlsRule::testing && attempt.verify) {
      connector.note(host.name + ": " + start.error->what +
                     ": with enforce, the " + host.tls.why +
                     " would keep mail from it");
    }
    // Through a proxy it is the proxy that was reached.
    if (start.reached && std::find(endpoints.begin(), endpoints.end(),
                                   *start.reached) != endpoints.end()) {
      here = {*start.reached};
    }
  }
  if (host.tls.by_policy() && about_tls(*start.error)) {
    start.error = fell_short(*std::move(start.error), host);
  }
  return start;
}

}  // namespace mailtool::app
