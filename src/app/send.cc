// mailtool send: one message, to a server that relays it or direct to the mail
// exchangers of its recipients.

#include "app/commands.h"
#include "app/connect.h"
#include "app/send_direct.h"
#include "app/send_message.h"
#include "app/send_report.h"
#include "app/send_session.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"
#include "mailtool/smtp/path.h"

namespace mailtool::app {
namespace {

Result<ExitStatus> print_message(const OutgoingMessage& message, Output& out) {
  const auto source = message.content->source();
  std::string buffer(64 * 1024, '\0');
  for (;;) {
    const auto count = source->read_some({buffer.data(), buffer.size()});
    if (!count) return count.error();
    if (*count == 0) return ExitStatus::ok;
    auto written = out.write(std::string_view(buffer).substr(0, *count));
    if (!written) return std::move(written).error();
  }
}

// A domain that alone is not ASCII needs no SMTPUTF8: its A-labels say the same
// (RFC 5890). A local part that is not ASCII does, and keeps its domain.
Result<std::string> envelope_address(const std::string& address,
                                     bool domain_optional) {
  auto mailbox = smtp::parse_mailbox(
      address, {.utf8 = true, .domain_optional = domain_optional});
  if (!mailbox) return std::move(mailbox).error();
  if (is_ascii(address) || !is_ascii(mailbox->local_part)) return address;
  auto domain = net::to_ascii_host(mailbox->domain);
  if (!domain) return std::move(domain).error().at(printable(address, 320));
  mailbox->domain = std::move(*domain);
  return smtp::to_string(*mailbox);
}

// All addresses are judged before anything is connected: a typo in the last
// one must not come to light when the first has been sent. A server may know
// what to make of "bob"; direct delivery needs a domain.
Result<std::vector<RecipientResult>> address_all(OutgoingMessage& message,
                                                 bool direct) {
  if (!message.envelope_from.empty()) {
    auto sender = envelope_address(message.envelope_from, true);
    if (!sender) return std::move(sender).error();
    message.envelope_from = std::move(*sender);
  }
  std::vector<RecipientResult> results;
  for (const auto& recipient : message.recipients) {
    auto address = envelope_address(recipient, !direct);
    if (!address) return std::move(address).error();
    results.push_back({.recipient = std::move(*address)});
  }
  return results;
}

void fail_all(std::vector<RecipientResult>& results, const Error& error) {
  for (auto& result : results) {
    result.error = error;
    result.outcome = outcome_of(error);
    ++result.attempts;
  }
}

Result<void> submit(const Invocation& invocation, Connector& connector,
                    const OutgoingMessage& message, const ServerUrl& url,
                    std::vector<RecipientResult>& results) {
  SessionPlan plan;
  plan.lmtp = url.scheme == "lmtp";
  plan.tls = connector.tls_mode();
  plan.upgrade = !url.implicit_tls() && url.socket.empty();
  if (connector.wants_login(url)) plan.login = &url;

  auto connection = connector.open(url);
  if (!connection) return at_server(std::move(connection).error(), url);
  auto session =
      SendSession::start(connector, std::move(*connection), plan,
                         url.socket.empty() ? url.host : url.socket);
  if (!session) return at_server(std::move(session).error(), url);

  std::vector<std::size_t> everybody(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) everybody[i] = i;
  if (invocation.dry_run()) {
    (*session)->plan(results, everybody);
    (*session)->quit();
    return {};
  }
  (*session)->send(message, results, everybody);
  (*session)->quit();
  for (auto& result : results) {
    if (!result.error) continue;
    if (result.error->kind == ErrorKind::interrupted) return *result.error;
    result.error = at_server(std::move(*result.error), url);
  }
  return {};
}

Result<std::uint16_t> mx_port(const OptionValues& options) {
  const auto text = options.get_or("mx-port", "25");
  const auto port = parse_number(text, 65535);
  if (port && *port > 0) return static_cast<std::uint16_t>(*port);
  return Error{ErrorKind::usage, "not a port from 1 to 65535",
               "--mx-port " + printable(text, 50)};
}

Error no_route() {
  return Error{ErrorKind::usage, "no way to send is named", "", "",
               "give --server URL to submit to a server, --mx to deliver "
               "direct, or set `send` in an account"};
}

}  // namespace

Result<ExitStatus> send(const Invocation& invocation, Output& out) {
  const auto& options = invocation.options;
  const auto server = options.get("server");
  const bool direct = options.has("mx");
  if (!server && !direct && !options.has("print")) return no_route();
  auto port = mx_port(options);
  if (!port) return std::move(port).error();
  std::optional<ServerUrl> url;
  if (server && !direct) {
    auto parsed = parse_server_url(*server, {"smtp", "smtps", "lmtp"});
    if (!parsed) return std::move(parsed).error();
    url = std::move(*parsed);
  }
  auto connector = Connector::make(invocation);
  if (!connector) return std::move(connector).error();

  auto message = prepare_message(invocation);
  if (!message) return std::move(message).error();
  if (options.has("print")) return print_message(*message, out);
  auto results = address_all(*message, direct);
  if (!results) {
    auto error = std::move(results).error();
    // What was typed is the command line's fault, not the message's.
    if (!options.has("read-recipients")) error.kind = ErrorKind::usage;
    return error;
  }

  auto done = url ? submit(invocation, **connector, *message, *url, *results)
                  : deliver_direct(invocation, **connector, *message, *port,
                                   *results);
  if (!done) {
    // Nobody's message went anywhere: with --json each recipient hears it.
    if (!invocation.json() || done.error().kind == ErrorKind::interrupted) {
      return std::move(done).error();
    }
    fail_all(*results, done.error());
  }
  return report(invocation, *message, *results, out);
}

}  // namespace mailtool::app
