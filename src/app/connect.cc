#include "app/connect.h"

#include <algorithm>
#include <mutex>

#include "app/helo_name.h"
#include "app/quantity.h"
#include "app/secret_source.h"
#include "app/session_logs.h"
#include "app/signals.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/deflate_stream.h"
#include "mailtool/net/local_addresses.h"
#include "mailtool/sasl/mechanism.h"

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDefaultTimeout{60'000};

// Runs `parse` on the option's value, naming the option in the Error.
template <class Parse>
auto parse_option(const OptionValues& options, std::string_view name,
                  Parse parse)
    -> std::optional<decltype(parse(std::string_view()))> {
  const auto text = options.get(name);
  if (!text) return std::nullopt;
  auto value = parse(std::string_view(*text));
  if (!value) {
    return std::move(value).error().at("--" + std::string(name) + " " +
                                       printable(*text, 200));
  }
  return value;
}

net::Family family(const OptionValues& options) {
  if (options.has("ipv4")) return net::Family::ipv4;
  return options.has("ipv6") ? net::Family::ipv6 : net::Family::any;
}

Result<net::TlsPolicy> read_tls_policy(const OptionValues& options) {
  net::TlsPolicy policy;
  policy.name = options.get_or("tls-name", "");
  policy.ca_file = options.get_or("tls-ca", "");
  policy.certificate_file = options.get_or("tls-cert", "");
  policy.key_file = options.get_or("tls-key", "");
  if (!policy.key_file.empty() && policy.certificate_file.empty()) {
    return Error{ErrorKind::usage, "needs --tls-cert FILE beside it",
                 "--tls-key"};
  }
  if (options.get("tls-min") == "1.3") policy.floor = net::TlsFloor::tls1_3;
  for (const auto& text : options.all("tls-pin")) {
    auto pin = net::parse_tls_pin(text);
    if (!pin) return std::move(pin).error().at("--tls-pin");
    policy.pins.push_back(std::move(*pin));
  }
  return policy;
}

// A misspelt mechanism is told before anything is sent.
Result<void> check_mechanisms(const OptionValues& options) {
  const auto only = options.get("auth");
  if (!only) return {};
  const auto& known = sasl::known_mechanisms();
  for (const auto name : split(*only, ',')) {
    const auto wanted = trim(name);
    // Those two are POP3's own.
    const bool of_pop3 = iequals(wanted, "APOP") || iequals(wanted, "USER");
    const bool is_known =
        wanted.empty() || of_pop3 ||
        std::any_of(known.begin(), known.end(),
                    [&](std::string_view one) { return iequals(one, wanted); });
    if (is_known) continue;
    std::string all;
    for (const auto one : known) all += std::string(one) + ", ";
    return Error{ErrorKind::usage, "no such mechanism",
                 "--auth " + printable(wanted, 60), "",
                 "one of " + all + "APOP, USER"};
  }
  return {};
}

Result<net::DialOptions> dial_options(const OptionValues& options) {
  net::DialOptions dial;
  dial.family = family(options);
  dial.timeout = kDefaultTimeout;
  dial.run.interrupt_fd = interrupt_fd();
  if (auto timeout = parse_option(options, "timeout", parse_duration)) {
    if (!*timeout) return std::move(*timeout).error();
    if (**timeout == std::chrono::seconds(0)) {
      return Error{ErrorKind::usage, "must be at least 1s", "--timeout"};
    }
    dial.timeout = **timeout;
  }
  if (auto deadline = parse_option(options, "deadline", parse_duration)) {
    if (!*deadline) return std::move(*deadline).error();
    if (**deadline == std::chrono::seconds(0)) {
      return Error{ErrorKind::usage, "must be at least 1s", "--deadline"};
    }
    dial.run.expire_in(**deadline);
  }
  if (const auto text = options.get("source-ip")) {
    dial.source = net::IpAddress::parse(*text);
    if (!dial.source) {
      return Error{ErrorKind::usage, "not an IP address",
                   "--source-ip " + printable(*text, 100)};
    }
  }
  for (const auto& text : options.all("resolve")) {
    auto parsed = net::parse_resolve_override(text);
    if (!parsed) return std::move(parsed).error().at("--resolve");
    dial.overrides.push_back(std::move(*parsed));
  }
  if (auto proxy = parse_option(options, "proxy", net::parse_socks_proxy)) {
    if (!*proxy) return std::move(*proxy).error();
    dial.proxy = **proxy;
  }
  return dial;
}

Result<net::ResolverOptions> resolver_options(const OptionValues& options,
                                              const net::DialOptions& dial) {
  net::ResolverOptions resolver;
  resolver.run = dial.run;
  resolver.timeout = std::min(resolver.timeout, dial.timeout);
  if (auto server =
          parse_option(options, "dns-server", net::parse_dns_server)) {
    if (!*server) return std::move(*server).error();
    resolver.dns_server = **server;
  }
  return resolver;
}

}  // namespace

Result<net::ResolverOptions> lookup_options(const OptionValues& options) {
  const auto dial = dial_options(options);
  if (!dial) return dial.error();
  return resolver_options(options, *dial);
}

struct Connector::State {
  explicit State(const Invocation& from) : invocation(from) {}

  const Invocation& invocation;
  std::string helo;
  net::TlsPolicy tls;
  net::DialOptions dial;
  std::optional<net::Resolver> resolver;
  std::optional<net::Dialer> dialer;
  std::mutex asking;
  std::optional<Secret> password;  // once it is there it stays as it is
  std::optional<Secret> token;

  std::unique_ptr<SessionLogs> own_logs;
  std::vector<SessionLog*> logs;  // --transcript, -v
};

Connector::Connector(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connector::~Connector() = default;

Result<std::unique_ptr<Connector>> Connector::make(const Invocation& invocation,
                                                   SessionLogs* logs) {
  auto state = std::make_unique<State>(invocation);
  const auto& options = invocation.options;
  auto helo = helo_name(options);
  if (!helo) return std::move(helo).error();
  state->helo = std::move(*helo);
  if (auto known = check_mechanisms(options); !known) {
    return std::move(known).error();
  }
  auto tls = read_tls_policy(options);
  if (!tls) return std::move(tls).error();
  state->tls = std::move(*tls);
  auto dial = dial_options(options);
  if (!dial) return std::move(dial).error();
  state->dial = std::move(*dial);
  auto resolver = resolver_options(options, state->dial);
  if (!resolver) return std::move(resolver).error();
  state->resolver.emplace(std::move(*resolver));
  state->dialer.emplace(*state->resolver, state->dial);

  if (!logs) {
    state->own_logs = std::make_unique<SessionLogs>();
    logs = state->own_logs.get();
  }
  if (const auto path = options.get("transcript")) {
    auto log = logs->transcript(*path);
    if (!log) return std::move(log).error().at("--transcript");
    state->logs.push_back(*log);
  }
  if (invocation.verbose()) state->logs.push_back(&logs->verbose());
  return std::unique_ptr<Connector>(new Connector(std::move(state)));
}

Result<Connection> Connector::dial(const net::DialTarget& target,
                                   std::string_view shown, bool may_compress) {
  auto dialed = state_->dialer->dial(target);
  if (!dialed) return std::move(dialed).error();
  Connection connection{std::move(dialed->stream), dialed->peer_text,
                        dialed->loopback, dialed->peer};
  if (may_compress) {
    auto beneath =
        std::make_unique<client::DeflateStream>(std::move(connection.stream));
    connection.compression = beneath.get();
    connection.stream = std::move(beneath);
  }
  const auto title = std::string(shown) + " at " + connection.peer;
  for (auto* log : state_->logs) {
    connection.stream =
        log->watch(std::move(connection.stream), title, target.implicit_tls);
  }
  return connection;
}

Result<Connection> Connector::open(const ServerUrl& url) {
  net::DialTarget target;
  target.host = url.host;
  target.port = url.port;
  target.socket = url.socket;
  if (url.implicit_tls() && tls_mode() != TlsMode::required) {
    return Error{
        ErrorKind::usage,
        "contradicts " + url.scheme + "://, which is TLS from the start",
        "--tls"};
  }
  if (url.socket.empty() && tls_mode() != TlsMode::off)
    target.tls = state_->tls;
  target.implicit_tls = url.implicit_tls();
  return dial(target, url.to_string(), url.scheme.starts_with("imap"));
}

Result<std::vector<std::string>> Connector::addresses(const ServerUrl& url) {
  std::vector<std::string> found;
  const auto& dial = state_->dial;
  for (const auto& endpoint :
       net::overridden(dial.overrides, url.host, url.port)) {
    found.push_back(endpoint.to_string());
  }
  if (!found.empty()) return found;
  auto addresses = state_->resolver->addresses(url.host, dial.family);
  if (!addresses) return std::move(addresses).error();
  for (const auto& address : addresses->addresses) {
    found.push_back(net::Endpoint{address, url.port}.to_string());
  }
  return found;
}

Result<std::vector<net::MailHost>> Connector::route(std::string_view domain,
                                                    std::uint16_t port) const {
  constexpr std::uint16_t kSmtpPort = 25;
  net::MailRouteOptions options;
  options.port = port;
  options.family = state_->dial.family;
  options.overrides = state_->dial.overrides;
  // At another port there is something else than what the MX record means.
  if (port == kSmtpPort) {
    options.own.names = {lower(state_->helo)};
    options.own.addresses = net::local_addresses();
  }
  return net::mail_route(*state_->resolver, domain, net::random_bits, options);
}

Result<Connection> Connector::open_exchanger(
    std::string_view host, const std::vector<net::Endpoint>& endpoints,
    const net::TlsPolicy* tls) {
  net::DialTarget target;
  target.host = host;
  target.endpoints = endpoints;
  if (!endpoints.empty()) target.port = endpoints.front().port;
  if (tls != nullptr) target.tls = *tls;
  return dial(target, "mail exchanger " + std::string(host));
}

Result<std::unique_ptr<Stream>> Connector::open_https(const std::string& host,
                                                      milliseconds timeout) {
  constexpr std::uint16_t kHttpsPort = 443;
  auto options = state_->dial;
  options.timeout = std::min(options.timeout, timeout);
  net::DialTarget target;
  target.host = host;
  target.port = kHttpsPort;
  target.tls.emplace();
  target.tls->ca_file = state_->tls.ca_file;
  target.tls->floor = state_->tls.floor;
  target.implicit_tls = true;
  auto dialed = net::Dialer(*state_->resolver, options).dial(target);
  if (!dialed) return std::move(dialed).error();
  return std::move(dialed->stream);
}

const net::Resolver& Connector::resolver() const { return *state_->resolver; }

const net::TlsPolicy& Connector::tls_policy() const { return state_->tls; }

void Connector::note(std::string_view text) {
  for (auto* log : state_->logs) log->note(text);
}

void Connector::end_turn() {
  for (auto* log : state_->logs) log->end_turn();
}

TlsMode Connector::tls_mode(TlsMode fallback) const {
  const auto mode = state_->invocation.options.get("tls");
  if (mode == "required") return TlsMode::required;
  if (mode == "opportunistic") return TlsMode::opportunistic;
  return mode == "off" ? TlsMode::off : fallback;
}

std::string Connector::user(const ServerUrl& url) const {
  return state_->invocation.options.get_or("user", url.user);
}

bool Connector::wants_login(const ServerUrl& url) const {
  const auto& options = state_->invocation.options;
  return !user(url).empty() || options.has("token-from") ||
         iequals(options.get_or("auth", ""), "EXTERNAL");
}

Result<sasl::Credentials> Connector::credentials(const ServerUrl& url) {
  const auto& options = state_->invocation.options;
  const std::lock_guard one_at_a_time(state_->asking);
  sasl::Credentials credentials;
  credentials.user = user(url);
  credentials.host = url.host;
  credentials.port = url.port;

  SecretContext context;
  context.user = credentials.user;
  context.host = url.host;
  context.scheme = url.scheme;
  context.ask = state_->invocation.ask_secret;
  if (const auto& end = state_->dial.run.end) {
    const auto left = std::chrono::duration_cast<milliseconds>(
        *end - net::RunLimits::Clock::now());
    context.budget = std::clamp(left, milliseconds(1), context.budget);
  }
  context.prompt = "Password for " + printable(credentials.user) + " at " +
                   printable(url.host) + ": ";
  if (const auto source = options.get("token-from"); source && !state_->token) {
    context.token = true;
    auto token = read_secret(*source, context);
    context.token = false;
    if (!token) return std::move(token).error();
    state_->token.emplace(std::move(*token));
  }
  // A client certificate, or a token, may be all there is to show.
  const auto source = options.get("password-from");
  const bool other_proof =
      state_->token || !state_->tls.certificate_file.empty();
  if (!state_->password && (source || !other_proof)) {
    auto password = read_secret(source.value_or("prompt"), context);
    if (!password) {
      if (source) return std::move(password).error();
      return std::move(password).error().with_hint(
          "say where the password is: --password-from SOURCE");
    }
    state_->password.emplace(std::move(*password));
  }
  if (state_->password) credentials.password = &*state_->password;
  if (state_->token) credentials.token = &*state_->token;
  return credentials;
}

sasl::Policy Connector::auth_policy(const Connection& connection) const {
  const auto& options = state_->invocation.options;
  sasl::Policy policy;
  policy.tls = connection.stream->tls();
  policy.allow_clear_text = options.has("allow-cleartext-password") ||
                            (tls_mode() == TlsMode::off && connection.loopback);
  if (const auto only = options.get("auth")) {
    for (const auto name : split(*only, ',')) {
      if (!trim(name).empty()) policy.only.push_back(upper(trim(name)));
    }
  }
  return policy;
}

CompressMode Connector::compress_mode() const {
  const auto word = state_->invocation.options.get_or("compress", "auto");
  if (word == "never") return CompressMode::never;
  return word == "always" ? CompressMode::always : CompressMode::when_it_pays;
}

const std::string& Connector::helo() const { return state_->helo; }

milliseconds Connector::timeout() const { return state_->dial.timeout; }

}  // namespace mailtool::app
