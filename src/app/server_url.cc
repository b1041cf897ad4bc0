#include "app/server_url.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

struct Scheme {
  std::string_view name;
  std::uint16_t port;            // 0: must be given
  std::uint16_t port_with_user;  // smtp submits at another port (RFC 6409)
};

constexpr Scheme kSchemes[] = {
    {"smtp", 25, 587},   {"smtps", 465, 465}, {"lmtp", 0, 0},
    {"pop3", 110, 110},  {"pop3s", 995, 995}, {"imap", 143, 143},
    {"imaps", 993, 993},
};

Error wrong(std::string_view text, std::string what) {
  return Error{ErrorKind::usage, std::move(what),
               "server URL '" + printable(text, 200) + "'"};
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char low = to_lower(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// pct-encoded = "%" HEXDIG HEXDIG                    ; RFC 3986 section 2.1
std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  for (const char c : decoded) {
    if (is_control(c)) return std::nullopt;
  }
  return decoded;
}

std::string join(std::initializer_list<std::string_view> words) {
  std::string text;
  for (const auto word : words) {
    if (!text.empty()) text += ", ";
    text.append(word).append("://");
  }
  return text;
}

Result<void> parse_authority(std::string_view text, std::string_view authority,
                             const Scheme& scheme, ServerUrl& url) {
  // The user may hold an "@" of its own: the last one ends it.
  const auto at = authority.rfind('@');
  if (at != authority.npos) {
    const auto userinfo = authority.substr(0, at);
    if (userinfo.find(':') != userinfo.npos) {
      // Not quoted back: it holds a password.
      return Error{ErrorKind::usage, "a password in a URL can be seen by all",
                   "server URL", "",
                   "leave it out and use --password-from SOURCE"};
    }
    const auto user = percent_decode(userinfo);
    if (!user || user->empty()) return wrong(text, "bad user name");
    url.user = *user;
    authority.remove_prefix(at + 1);
  }

  auto host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == authority.npos) return wrong(text, "no ] after the address");
    host = authority.substr(1, close - 1);
    const auto rest = authority.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') return wrong(text, "text after ]");
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) return wrong(text, "no port after :");
  } else if (const auto colon = authority.find(':'); colon != host.npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
    if (port.empty()) return wrong(text, "no port after :");
  }
  if (host.empty()) return wrong(text, "no host name");
  for (const char c : host) {
    if (is_control(c) || std::string_view(" %/\\?#<>\"").find(c) != host.npos) {
      return wrong(text, "no legal host name");
    }
  }
  url.host = host;

  url.port = url.user.empty() ? scheme.port : scheme.port_with_user;
  if (!port.empty()) {
    const auto number = parse_number(port, 65535);
    if (!number || *number == 0) {
      return wrong(text, "the port is not a number from 1 to 65535");
    }
    url.port = static_cast<std::uint16_t>(*number);
  }
  if (url.port == 0) return wrong(text, "needs a port: HOST:PORT");
  return {};
}

}  // namespace

std::string ServerUrl::to_string() const {
  if (!socket.empty()) return scheme + ":" + printable(socket);
  std::string text = scheme + "://";
  if (!user.empty()) text += printable(user) + "@";
  const bool ipv6 = host.find(':') != host.npos;
  text += ipv6 ? "[" + host + "]" : printable(host);
  const auto known = std::find_if(
      std::begin(kSchemes), std::end(kSchemes),
      [&](const Scheme& candidate) { return candidate.name == scheme; });
  const auto usual = known == std::end(kSchemes) ? std::uint16_t{0}
                     : user.empty()              ? known->port
                                                 : known->port_with_user;
  if (port != usual) text += ":" + std::to_string(port);
  return text;
}

bool looks_like_url(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() &&
         (is_alpha(text[length]) || (length > 0 && is_digit(text[length])))) {
    ++length;
  }
  const auto rest = text.substr(length);
  if (length == 0) return false;
  return rest.starts_with("://") || text.starts_with("lmtp:/");
}

Result<ServerUrl> parse_server_url(
    std::string_view text, std::initializer_list<std::string_view> schemes) {
  const auto colon = text.find(':');
  if (!looks_like_url(text)) {
    return wrong(text, "is not of the form SCHEME://[USER@]HOST[:PORT]")
        .with_hint("one of " + join(schemes));
  }
  ServerUrl url;
  url.scheme = lower(text.substr(0, colon));
  if (std::find(schemes.begin(), schemes.end(), url.scheme) == schemes.end()) {
    return wrong(text, "scheme '" + printable(url.scheme) + "' is not for this")
        .with_hint("one of " + join(schemes));
  }
  const auto* scheme = std::find_if(
      std::begin(kSchemes), std::end(kSchemes),
      [&](const Scheme& candidate) { return candidate.name == url.scheme; });
  auto rest = text.substr(colon + 1);
  if (!rest.starts_with("//")) {
    if (has_line_break_or_nul(rest)) return wrong(text, "line break in a path");
    url.socket = rest;
    return url;
  }
  rest.remove_prefix(2);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#") != rest.npos) {
    return wrong(text, "nothing may follow the port")
        .with_hint("folders and options are arguments of their own");
  }
  if (auto parsed = parse_authority(text, rest, *scheme, url); !parsed) {
    return std::move(parsed).error();
  }
  return url;
}

}  // namespace mailtool::app
