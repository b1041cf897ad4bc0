#include "mailtool/net/resolve_override.h"

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"

namespace mailtool::net {
namespace {

Error bad_override(std::string_view text) {
  return Error{ErrorKind::usage,
               "'" + printable(text) + "' is not HOST:PORT:ADDR[:PORT]"};
}

}  // namespace

// override = host ":" port ":" address [ ":" port ]
Result<ResolveOverride> parse_resolve_override(std::string_view text) {
  // The host may be an IPv6 literal in brackets; its colons do not count.
  const auto host_end =
      text.starts_with('[') ? text.find("]:") : text.find(':');
  if (host_end == text.npos) return bad_override(text);
  const bool bracketed = text[host_end] == ']';
  const auto host = text.substr(0, host_end + (bracketed ? 1 : 0));
  const auto rest = text.substr(host_end + (bracketed ? 2 : 1));
  const auto colon = rest.find(':');
  if (colon == rest.npos) return bad_override(text);
  const auto port = parse_number(rest.substr(0, colon), 65535);
  if (!port || *port == 0) return bad_override(text);

  ResolveOverride found;
  found.port = static_cast<std::uint16_t>(*port);
  const auto to = Endpoint::parse(rest.substr(colon + 1), found.port);
  if (!to) return bad_override(text);
  found.to = *to;
  if (host == "*") {
    found.host = "*";
  } else if (is_ip_literal(host)) {
    found.host = lower(bracketed ? host.substr(1, host.size() - 2) : host);
  } else {
    auto name = to_ascii_host(host);
    if (!name) return bad_override(text);
    found.host = std::move(*name);
  }
  return found;
}

std::vector<Endpoint> overridden(const std::vector<ResolveOverride>& overrides,
                                 std::string_view host, std::uint16_t port) {
  std::vector<Endpoint> endpoints;
  if (overrides.empty()) return endpoints;
  std::string name = lower(host);
  if (auto ascii = to_ascii_host(host)) name = std::move(*ascii);
  for (const auto& entry : overrides) {
    if (entry.port != port) continue;
    if (entry.host == "*" || entry.host == name) endpoints.push_back(entry.to);
  }
  return endpoints;
}

}  // namespace mailtool::net
