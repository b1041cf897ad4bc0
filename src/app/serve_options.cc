#include "app/serve_options.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "app/mx_options.h"
#include "app/user_folders.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"
#include "mailtool/smtp/path.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kDefaultDomain = "example.test";
constexpr std::size_t kMaxUserName = 64;  // RFC 5321 section 4.5.3.1.1

struct DoorKind {
  ServeProtocol protocol;
  std::string_view name;
  std::string_view scheme;
  std::uint16_t port;
  bool implicit_tls = false;
};

constexpr DoorKind kDoors[] = {
    {ServeProtocol::smtp, "smtp", "smtp", 2525},
    {ServeProtocol::submission, "submission", "smtp", 2587},
    {ServeProtocol::pop3, "pop3", "pop3", 2110},
    {ServeProtocol::imap, "imap", "imap", 2143},
    // RFC 8314 section 3.3: a port for submission.
    {ServeProtocol::submission, "smtps", "smtps", 2465, true},
    {ServeProtocol::pop3, "pop3s", "pop3s", 2995, true},
    {ServeProtocol::imap, "imaps", "imaps", 2993, true},
    {ServeProtocol::dns, "dns", "dns", 2053},
};

Error wrong(std::string_view option, std::string_view value,
            std::string_view what) {
  return Error{ErrorKind::usage,
               "'" + printable(value, 100) + "' " + std::string(what),
               "--" + std::string(option)};
}

// "PORT", "ADDR", "ADDR:PORT"
std::optional<net::Endpoint> read_endpoint(std::string_view text,
                                           std::uint16_t usual) {
  if (const auto port = parse_number(text, 65535)) {
    return net::Endpoint{*net::IpAddress::parse("127.0.0.1"),
                         static_cast<std::uint16_t>(*port)};
  }
  if (text.ends_with(":0")) {
    auto any = net::Endpoint::parse(text.substr(0, text.size() - 2), usual);
    const bool whole = any && (!any->address.v6 || text.starts_with('['));
    if (!whole) return std::nullopt;
    any->port = 0;
    return any;
  }
  return net::Endpoint::parse(text, usual);
}

// nullopt: it is off.
Result<std::optional<ServeDoor>> read_door(const DoorKind& kind,
                                           const OptionValues& options) {
  ServeDoor door{kind.protocol,     kind.name, kind.scheme, {},
                 kind.implicit_tls, false};
  const auto typed = options.get(kind.name);
  const bool no_tls = options.get("tls") == "off";
  if (typed == "off") return std::optional<ServeDoor>();
  if (typed && no_tls && kind.implicit_tls) {
    return wrong(kind.name, *typed, "is for TLS, which --tls turns off");
  }
  if (!typed) {
    if (kind.protocol == ServeProtocol::dns) return std::optional<ServeDoor>();
    if (no_tls && kind.implicit_tls) return std::optional<ServeDoor>();
    door.endpoint = *read_endpoint("127.0.0.1", kind.port);
    if (options.has("port")) door.endpoint.port = 0;
    return std::optional(door);
  }
  const auto endpoint = read_endpoint(*typed, kind.port);
  if (!endpoint) {
    return wrong(kind.name, *typed, "is not of the form ADDR:PORT")
        .with_hint("an address in digits, as 127.0.0.1:2525 or [::1]:2525");
  }
  door.endpoint = *endpoint;
  door.fixed = endpoint->port != 0;
  if (!endpoint->address.is_loopback() && !options.has("listen-public")) {
    return wrong(kind.name, *typed, "can be reached by others")
        .with_hint("if that is meant: --listen-public, and a password for "
                   "each --user");
  }
  return std::optional(door);
}

Result<ServeUser> read_user(std::string_view typed) {
  const auto colon = std::min(typed.find(':'), typed.size());
  ServeUser user{std::string(typed.substr(0, colon)),
                 std::string(typed.substr(std::min(colon + 1, typed.size())))};
  const bool control = std::any_of(user.name.begin(), user.name.end(),
                                   [](char c) { return is_control(c); });
  if (user.name.empty() || user.name.starts_with('.') ||
      user.name.size() > kMaxUserName || control ||
      user.name.find_first_of("/@\"") != user.name.npos ||
      !smtp::parse_mailbox(user.name + "@example.test")) {
    return wrong("user", user.name, "cannot be a user")
        .with_hint("what stands before the @ of an address, without quotes");
  }
  if (colon < typed.size() && user.source.empty()) {
    return wrong("user", typed, "names no source of a password");
  }
  return user;
}

Result<void> read_users(const Invocation& invocation, ServeOptions& into) {
  auto typed = invocation.options.all("user");
  if (typed.empty()) typed = {"alice", "bob"};
  for (const auto& text : typed) {
    auto user = read_user(text);
    if (!user) return std::move(user).error();
    for (const auto& other : into.users) {
      if (iequals(other.name, user->name)) {
        return wrong("user", user->name, "is given twice");
      }
    }
    if (user->source.empty() && invocation.options.has("listen-public")) {
      return wrong("user", user->name,
                   "has no password, which --listen-public asks for")
          .with_hint("--user " + printable(user->name) + ":env:NAME");
    }
    into.users.push_back(*std::move(user));
  }
  return {};
}

Result<void> read_domains(const OptionValues& options, ServeOptions& into) {
  for (const auto& typed : options.all("domain")) {
    auto domain = net::to_ascii_host(typed);
    if (!domain) return wrong("domain", typed, "is no domain");
    into.domains.push_back(*std::move(domain));
  }
  if (into.domains.empty()) into.domains.emplace_back(kDefaultDomain);
  return {};
}

// With a program, mail lives no longer than it.
Result<void> read_root(const Invocation& invocation, ServeOptions& into) {
  if (const auto typed = invocation.options.get("root")) {
    std::error_code error;
    into.root = std::filesystem::absolute(*typed, error).lexically_normal();
    if (error || into.root.empty()) {
      return wrong("root", *typed, "cannot be found");
    }
    return {};
  }
  if (!into.program.empty()) return {};
  auto folder = user_data_folder();
  if (!folder) {
    return std::move(folder).error().with_hint("--root DIR");
  }
  into.root = *folder + "/serve";
  return {};
}

// What would have no effect is refused.
Result<void> check_neighbours(const ServeOptions& options) {
  const auto own = options.own_domains();
  for (const auto& [domain, at] : options.neighbours) {
    if (!options.has(ServeProtocol::dns)) {
      return wrong("dns-domain", domain, "is for the name server, which is off")
          .with_hint("--dns 127.0.0.1:2053");
    }
    if (own.contains(domain)) {
      return wrong("dns-domain", domain, "is a domain of this server")
          .with_hint("its mail comes to --smtp ADDR:PORT");
    }
  }
  return {};
}

Result<void> read_way_out(const OptionValues& options, ServeOptions& into) {
  if (const auto typed = options.get("dns-server")) {
    into.dns_server = net::Endpoint::parse(*typed, 53);
    if (!into.dns_server) {
      return wrong("dns-server", *typed, "is not of the form IP[:PORT]");
    }
  }
  // A name server alone is fine.
  const bool sends = into.dns_server || (into.has(ServeProtocol::dns) &&
                                         into.has(ServeProtocol::submission));
  if (sends && !into.relays()) {
    return Error{ErrorKind::usage,
                 "is not for a server that sends mail to other domains: the "
                 "reports on it to its own users come in there",
                 "--smtp off", "",
                 "--smtp 127.0.0.1:0, or leave out --dns and --dns-server"};
  }
  if (!options.has("mx-port")) return {};
  if (!into.relays()) {
    return wrong(
               "mx-port", *options.get("mx-port"),
               "is for mail to other domains, which this server does not take")
        .with_hint("with --dns or --dns-server it does");
  }
  auto port = mx_port(options);
  if (!port) return std::move(port).error();
  into.mx_port = *port;
  return {};
}

// No password goes over a line that others can listen to.
Result<void> check_logins(const ServeOptions& options) {
  for (const auto& door : options.doors) {
    const bool login = door.protocol == ServeProtocol::submission ||
                       door.protocol == ServeProtocol::pop3 ||
                       door.protocol == ServeProtocol::imap;
    if (options.tls || !login || door.endpoint.address.is_loopback()) continue;
    return wrong(door.name, door.endpoint.to_string(),
                 "is of no use with --tls off: without TLS nobody may log in "
                 "at an address that others can reach")
        .with_hint("leave out --tls off, or: --" + std::string(door.name) +
                   " off");
  }
  return {};
}

}  // namespace

bool ServeOptions::has(ServeProtocol protocol) const {
  return std::any_of(doors.begin(), doors.end(), [&](const ServeDoor& door) {
    return door.protocol == protocol;
  });
}

bool ServeOptions::relays() const {
  return has(ServeProtocol::smtp) && (dns_server || has(ServeProtocol::dns));
}

std::set<std::string> ServeOptions::own_domains() const {
  std::set<std::string> own(domains.begin(), domains.end());
  own.insert("localhost");
  return own;
}

std::vector<std::string_view> serve_door_names() {
  std::vector<std::string_view> names;
  for (const auto& kind : kDoors) names.push_back(kind.name);
  return names;
}

Result<ServeOptions> read_serve_options(const Invocation& invocation) {
  ServeOptions options;
  options.program = invocation.arguments;
  options.tls = invocation.options.get("tls") != "off";
  options.until_eof = invocation.options.has("until-eof");
  if (options.until_eof && !options.program.empty()) {
    return Error{ErrorKind::usage,
                 "is not for a program, whose the standard input is",
                 "--until-eof", "", "the servers end with the program"};
  }
  for (const auto& kind : kDoors) {
    auto door = read_door(kind, invocation.options);
    if (!door) return std::move(door).error();
    if (*door) options.doors.push_back(**door);
  }
  if (options.doors.empty()) {
    return Error{ErrorKind::usage, "every server is off"};
  }
  if (auto checked = check_logins(options); !checked) {
    return std::move(checked).error();
  }
  if (auto read = read_users(invocation, options); !read) {
    return std::move(read).error();
  }
  if (auto read = read_domains(invocation.options, options); !read) {
    return std::move(read).error();
  }
  if (auto read = read_root(invocation, options); !read) {
    return std::move(read).error();
  }
  auto trial = ServeTrialOptions::read(invocation.options);
  if (!trial) return std::move(trial).error();
  options.trial = *std::move(trial);
  auto neighbours = read_neighbours(invocation.options);
  if (!neighbours) return std::move(neighbours).error();
  options.neighbours = *std::move(neighbours);
  if (auto checked = check_neighbours(options); !checked) {
    return std::move(checked).error();
  }
  if (auto read = read_way_out(invocation.options, options); !read) {
    return std::move(read).error();
  }
  return options;
}

}  // namespace mailtool::app
