#include "net/name_question.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::net {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kMaxName = 255;  // RFC 1035 section 3.1, on the wire
constexpr std::uint16_t kOpt = 41;

std::uint16_t u16(std::string_view octets, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(octets[at]) << 8 |
                                    static_cast<std::uint8_t>(octets[at + 1]));
}

// domain-name, without compression: a question has nothing to point to. A dot
// or another octet within a label that no host name has makes the name one that
// is not known, and keeps two names apart. 0: malformed; else where it ends.
std::size_t read_name(std::string_view message, std::size_t at,
                      std::string& name) {
  const auto begin = at;
  while (at < message.size()) {
    const auto octets = static_cast<std::uint8_t>(message[at++]);
    if (octets == 0) return at - begin <= kMaxName ? at : 0;
    if (octets > 63 || message.size() - at < octets) return 0;
    if (!name.empty()) name += '.';
    for (const char c : message.substr(at, octets)) {
      const bool plain = is_alpha(c) || is_digit(c) || c == '-' || c == '_';
      name += plain ? to_lower(c) : '\\';
    }
    at += octets;
    if (at - begin > kMaxName) return 0;
  }
  return 0;
}

// Of the additional section the OPT record alone, where it is the first there.
// RFC 6891 section 6.1.2: root, type, payload, extended rcode, version, flags.
void read_opt(std::string_view rest, NameQuestion& question) {
  if (rest.size() < 11 || rest[0] != '\0' || u16(rest, 1) != kOpt) return;
  question.edns = true;
  question.udp_octets = std::max<std::size_t>(u16(rest, 3), 512);
  question.edns_version = static_cast<std::uint8_t>(rest[6]);
}

}  // namespace

std::optional<NameQuestion> parse_name_question(std::string_view message) {
  if (message.size() < kHeader) return std::nullopt;
  NameQuestion question;
  question.id = u16(message, 0);
  question.flags = u16(message, 2);
  if ((question.flags & 0x8000U) != 0) return std::nullopt;
  const bool one =
      u16(message, 4) == 1 && u16(message, 6) == 0 && u16(message, 8) == 0;
  if (!one) return question;
  const auto end = read_name(message, kHeader, question.name);
  if (end == 0 || message.size() - end < 4) return question;
  question.type = u16(message, end);
  question.record_class = u16(message, end + 2);
  question.section = message.substr(kHeader, end + 4 - kHeader);
  question.well_formed = true;
  if (u16(message, 10) > 0) read_opt(message.substr(end + 4), question);
  return question;
}

}  // namespace mailtool::net
