// mailtool fetch: options, state, one session, one status.

#include "app/commands.h"
#include "app/fetch_session.h"

namespace mailtool::app {
namespace {

class DialledServer : public FetchServer {
 public:
  DialledServer(Connector& connector, const ServerUrl& url)
      : connector_(connector), url_(url) {}

  Result<Stream*> connect() override {
    auto opened = connector_.open(url_);
    if (!opened) return std::move(opened).error();
    connection_ = *std::move(opened);
    return connection_.stream.get();
  }
  [[nodiscard]] TlsMode tls_mode() const override {
    return connector_.tls_mode();
  }
  Result<sasl::Credentials> credentials() override {
    return connector_.credentials(url_);
  }
  [[nodiscard]] sasl::Policy auth_policy() const override {
    return connector_.auth_policy(connection_);
  }
  [[nodiscard]] std::chrono::milliseconds timeout() const override {
    return connector_.timeout();
  }
  [[nodiscard]] Connector* connector() override { return &connector_; }

 private:
  Connector& connector_;
  const ServerUrl& url_;
  Connection connection_;
};

}  // namespace

Result<ExitStatus> fetch(const Invocation& invocation, Output& out) {
  const auto options = fetch_options(invocation);
  if (!options) return options.error();
  auto connector = Connector::make(invocation);
  if (!connector) return std::move(connector).error();
  const auto& url = options->url;
  if (!(*connector)->wants_login(url)) {
    return Error{ErrorKind::usage, "no user to log in as"}.with_hint(
        "name one: " + url.scheme + "://USER@" + url.host + ", or --user NAME");
  }
  const auto identity = maildrop_identity((*connector)->user(url), url);
  auto state = open_fetch_state(*options, identity);
  if (!state) return at_server(std::move(state).error(), url);

  const auto account =
      invocation.account.empty() ? identity : invocation.account;
  FetchReport report(invocation, out, account, url.to_string());
  DialledServer server(**connector, url);
  auto done = run_fetch(*options, identity, *state, server, report, out);
  if (!done && done.error().kind == ErrorKind::interrupted) {
    return at_server(std::move(done).error(), url);
  }
  // Several outcomes: a temporary one says that trying again may help.
  if (!done) {
    report.count(exit_status(done.error().kind));
    report_error("fetch", at_server(std::move(done).error(), url));
  }
  if (auto told = report.summary(report.status()); !told) {
    return std::move(told).error();
  }
  return report.status();
}

}  // namespace mailtool::app
