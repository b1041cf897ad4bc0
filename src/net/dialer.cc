#include "mailtool/net/dialer.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"
#include "net/connect_race.h"
#include "net/socket_stream.h"
#include "net/socks.h"

namespace mailtool::net {
namespace {

struct Line {
  Socket socket;
  Dialed dialed;  // its stream not yet made
};

Result<Family> family_of(const DialOptions& options) {
  if (!options.source) return options.family;
  if (!options.source->allowed_by(options.family))
    return Error{ErrorKind::usage, "--source-ip " +
                                       options.source->to_string() +
                                       " is not of the family asked for"};
  return options.source->v6 ? Family::ipv6 : Family::ipv4;
}

std::vector<Endpoint> endpoints_of(const std::vector<IpAddress>& addresses,
                                   std::uint16_t port) {
  std::vector<Endpoint> endpoints;
  for (const auto& address : addresses) endpoints.push_back({address, port});
  return interleave(endpoints);
}

// One host and port, found and connected to.
class Call {
 public:
  Call(const Resolver& resolver, const DialOptions& options, Family family,
       const Budget& budget)
      : resolver_(resolver),
        options_(options),
        family_(family),
        budget_(budget) {}

  Result<Connected> to(const DialTarget& target) const;
  Result<Connected> to_host(std::string_view host, std::uint16_t port) const;

 private:
  Result<Connected> to_late_family(std::string_view host, std::uint16_t port,
                                   const std::vector<Endpoint>& tried,
                                   Error failure) const;

  const Resolver& resolver_;
  const DialOptions& options_;
  Family family_;
  const Budget& budget_;
};

Result<Connected> Call::to(const DialTarget& target) const {
  auto known = target.endpoints;
  if (known.empty())
    known = overridden(options_.overrides, target.host, target.port);
  if (known.empty()) return to_host(target.host, target.port);
  std::erase_if(known, [this](const Endpoint& endpoint) {
    return !endpoint.address.allowed_by(family_);
  });
  if (known.empty())
    return Error{ErrorKind::no_host, printable(target.host) +
                                         " has no address of the family "
                                         "asked for"};
  return connect_first(known, options_.source, budget_);
}

Result<Connected> Call::to_host(std::string_view host,
                                std::uint16_t port) const {
  const auto found = resolver_.addresses_soon(host, family_);
  if (!found) return found.error();
  const auto endpoints = endpoints_of(found->addresses, port);
  auto connected = connect_first(endpoints, options_.source, budget_);
  if (connected || !found->partial) return connected;
  return to_late_family(host, port, endpoints, connected.error());
}

// The family whose answer was too slow to wait for may be the one that works.
Result<Connected> Call::to_late_family(std::string_view host,
                                       std::uint16_t port,
                                       const std::vector<Endpoint>& tried,
                                       Error failure) const {
  if (failure.kind != ErrorKind::unreachable) return failure;
  const auto found = resolver_.addresses(host, family_);
  if (!found) return failure;
  auto endpoints = endpoints_of(found->addresses, port);
  std::erase_if(endpoints, [&tried](const Endpoint& endpoint) {
    return std::find(tried.begin(), tried.end(), endpoint) != tried.end();
  });
  if (endpoints.empty()) return failure;
  return connect_first(endpoints, options_.source, budget_);
}

// Through the proxy: the name as it is, or each known address in turn.
Result<Line> through_proxy(const Call& call, const DialOptions& options,
                           const DialTarget& target, const Budget& budget) {
  auto known = target.endpoints;
  if (known.empty())
    known = overridden(options.overrides, target.host, target.port);
  std::vector<std::pair<std::string, std::uint16_t>> names;
  for (const auto& endpoint : known)
    names.emplace_back(endpoint.address.to_string(), endpoint.port);
  if (names.empty() && is_ip_literal(target.host)) {
    names.emplace_back(target.host, target.port);
    std::erase_if(names[0].first, [](char c) { return c == '[' || c == ']'; });
  } else if (names.empty()) {
    auto name = to_ascii_host(target.host);
    if (!name) return name.error();
    names.emplace_back(std::move(*name), target.port);
  }
  std::optional<Error> failure;
  for (const auto& [name, port] : names) {
    auto proxy = call.to_host(options.proxy->host, options.proxy->port);
    if (!proxy) return proxy.error();
    const std::string text = "proxy " + proxy->peer.to_string();
    auto opened = socks_connect(proxy->socket, name, port, budget);
    if (opened)
      return Line{std::move(proxy->socket),
                  Dialed{nullptr, proxy->peer, text, false}};
    failure = std::move(opened).error().at(text);
    if (failure->kind != ErrorKind::unreachable) break;
  }
  return std::move(*failure);
}

Result<Line> open_line(const Resolver& resolver, const DialOptions& options,
                       const DialTarget& target, const Budget& budget) {
  if (!target.socket.empty()) {
    auto socket = connect_unix(target.socket, budget);
    if (!socket) return socket.error();
    return Line{std::move(*socket),
                Dialed{nullptr, std::nullopt, printable(target.socket), true}};
  }
  const auto family = family_of(options);
  if (!family) return family.error();
  const Call call(resolver, options, *family, budget);
  if (options.proxy) return through_proxy(call, options, target, budget);
  auto connected = call.to(target);
  if (!connected) return connected.error();
  const Endpoint peer = connected->peer;
  return Line{
      std::move(connected->socket),
      Dialed{nullptr, peer, peer.to_string(), peer.address.is_loopback()}};
}

}  // namespace

// socks5-url = "socks5://" host [ ":" port ]
Result<SocksProxy> parse_socks_proxy(std::string_view url) {
  constexpr std::string_view scheme = "socks5://";
  const Error wrong{ErrorKind::usage, "not socks5://HOST[:PORT]"};
  if (!istarts_with(url, scheme)) return wrong;
  std::string_view rest = url.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (const auto endpoint = Endpoint::parse(rest, 1080))
    return SocksProxy{endpoint->address.to_string(), endpoint->port};
  SocksProxy proxy;
  if (const auto colon = rest.find(':'); colon != rest.npos) {
    const auto port = parse_number(rest.substr(colon + 1), 65535);
    if (!port || *port == 0) return wrong;
    proxy.port = static_cast<std::uint16_t>(*port);
    rest = rest.substr(0, colon);
  }
  auto host = to_ascii_host(rest);
  if (!host) return wrong;
  proxy.host = std::move(*host);
  return proxy;
}

Result<Dialed> Dialer::dial(const DialTarget& target) const {
  std::shared_ptr<const TlsContext> context;
  if (target.tls) {
    // What is wrong with our own files shows before anyone is disturbed.
    auto made = TlsContext::make(*target.tls, target.host);
    if (!made) return made.error();
    context = std::move(*made);
  }
  const auto budget = Budget::of(options_.timeout, options_.run);
  auto line = open_line(resolver_, options_, target, budget);
  if (!line) return line.error();
  auto stream = std::make_unique<SocketStream>(
      std::move(line->socket), std::move(context),
      Budget::of(options_.timeout, options_.run));
  if (target.implicit_tls)
    if (auto secured = stream->start_tls(TlsStart::at_once); !secured)
      return secured.error();
  line->dialed.stream = std::move(stream);
  return std::move(line->dialed);
}

}  // namespace mailtool::net
