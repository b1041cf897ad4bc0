#include "mailtool/smtp/capability.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::smtp {
namespace {

// The extensions that are there or not, and have no parameters.
struct Flag {
  std::string_view keyword;
  bool Capabilities::* member;
};
constexpr Flag kFlags[] = {
    {"STARTTLS", &Capabilities::starttls},
    {"PIPELINING", &Capabilities::pipelining},
    {"8BITMIME", &Capabilities::eight_bit_mime},
    {"SMTPUTF8", &Capabilities::smtputf8},
    {"CHUNKING", &Capabilities::chunking},
    {"BINARYMIME", &Capabilities::binary_mime},
    {"DSN", &Capabilities::dsn},
    {"ENHANCEDSTATUSCODES", &Capabilities::enhanced_status_codes},
};

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> found;
  for (const auto word : split(line, ' ')) {
    if (!trim(word).empty()) found.push_back(trim(word));
  }
  return found;
}

// sasl-mech = 1*20mech-char ; upper case, digit, "-", "_"     ; RFC 4422
bool is_mechanism(std::string_view word) {
  if (word.empty() || word.size() > 20) return false;
  return std::all_of(word.begin(), word.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
  });
}

void add_mechanism(Capabilities& c, std::string_view word) {
  if (!is_mechanism(word)) return;
  auto name = upper(word);
  if (std::find(c.auth.begin(), c.auth.end(), name) == c.auth.end()) {
    c.auth.push_back(std::move(name));
  }
}

// size-param = *20DIGIT; 0 and none mean: no fixed limit      ; RFC 1870
void add_size(Capabilities& c, const std::vector<std::string_view>& line) {
  if (line.size() == 1) {
    c.size = true;
    return;
  }
  const auto octets = parse_number(line[1]);
  if (!octets) return;  // "-1", 30 digits: as if it were not offered
  c.size = true;
  if (*octets > 0) c.max_size = *octets;
}

// limits = 1*(SP name "=" 1*6DIGIT)                           ; RFC 9422
void add_limits(Capabilities& c, const std::vector<std::string_view>& line) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    const auto equals = line[i].find('=');
    if (equals == line[i].npos) continue;
    const auto value = parse_number(line[i].substr(equals + 1), 999'999);
    if (!value || *value == 0) continue;
    const auto name = line[i].substr(0, equals);
    if (iequals(name, "RCPTMAX")) c.max_recipients = value;
    if (iequals(name, "RCPTDOMAINMAX")) c.max_recipient_domains = value;
    if (iequals(name, "MAILMAX")) c.max_messages = value;
  }
}

// True when the line belongs to an extension we know.
bool add_line(Capabilities& c, std::string_view text) {
  const auto line = words(text);
  if (line.empty()) return false;
  for (const auto& flag : kFlags) {
    if (iequals(line[0], flag.keyword)) {
      c.*flag.member = true;
      return true;
    }
  }
  if (iequals(line[0], "SIZE")) {
    add_size(c, line);
    return true;
  }
  if (iequals(line[0], "LIMITS")) {
    add_limits(c, line);
    return true;
  }
  // "AUTH=LOGIN PLAIN" is what servers said before RFC 2554.
  const bool old_auth = istarts_with(line[0], "AUTH=");
  if (!old_auth && !iequals(line[0], "AUTH")) return false;
  if (old_auth) add_mechanism(c, line[0].substr(5));
  for (std::size_t i = 1; i < line.size(); ++i) add_mechanism(c, line[i]);
  return true;
}

}  // namespace

bool Capabilities::offers(std::string_view keyword) const {
  for (const auto& flag : kFlags) {
    if (iequals(flag.keyword, keyword)) return this->*flag.member;
  }
  if (iequals(keyword, "SIZE")) return size;
  if (iequals(keyword, "AUTH")) return !auth.empty();
  if (iequals(keyword, "LIMITS")) {
    return max_recipients || max_recipient_domains || max_messages;
  }
  return std::any_of(others.begin(), others.end(), [&](const auto& line) {
    const auto found = words(line);
    return !found.empty() && iequals(found[0], keyword);
  });
}

// ehlo-ok-rsp = "250-" Domain [SP ehlo-greet] CRLF
//               *("250-" ehlo-line CRLF) "250" SP ehlo-line CRLF
Capabilities parse_capabilities(const Reply& ehlo) {
  Capabilities c;
  for (std::size_t i = 0; i < ehlo.lines.size(); ++i) {
    if (i == 0) {
      const auto first = words(ehlo.lines[0]);
      if (!first.empty()) c.domain = first[0];
    } else if (!add_line(c, ehlo.lines[i])) {
      c.others.push_back(ehlo.lines[i]);
    }
  }
  return c;
}

Reply to_reply(const Capabilities& c) {
  Reply reply;
  reply.code = 250;
  reply.lines.push_back(c.domain);
  for (const auto& flag : kFlags) {
    if (c.*flag.member) reply.lines.emplace_back(flag.keyword);
  }
  if (c.size) {
    reply.lines.push_back(
        c.max_size ? "SIZE " + std::to_string(*c.max_size) : "SIZE");
  }
  if (!c.auth.empty()) {
    std::string line = "AUTH";
    for (const auto& mechanism : c.auth) line += ' ' + mechanism;
    reply.lines.push_back(std::move(line));
  }
  std::string limits;
  if (c.max_recipients) {
    limits += " RCPTMAX=" + std::to_string(*c.max_recipients);
  }
  if (c.max_recipient_domains) {
    limits += " RCPTDOMAINMAX=" + std::to_string(*c.max_recipient_domains);
  }
  if (c.max_messages) limits += " MAILMAX=" + std::to_string(*c.max_messages);
  if (!limits.empty()) reply.lines.push_back("LIMITS" + limits);
  reply.lines.insert(reply.lines.end(), c.others.begin(), c.others.end());
  return reply;
}

}  // namespace mailtool::smtp
