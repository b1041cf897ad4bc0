#include "mailtool/smtp/path.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"

namespace mailtool::smtp {
namespace {

constexpr std::size_t kMaxLabel = 63;  // octets, RFC 1035 section 2.3.4

Error bad(std::string_view what, std::string_view text) {
  return Error{ErrorKind::bad_input,
               "bad address " + printable(text, 320) + ": " + std::string(what)};
}

// atext of RFC 5322 section 3.2.3, with the UTF-8 of RFC 6531
bool is_atext(char c) {
  return is_alpha(c) || is_digit(c) || is_8bit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// Dot-string = Atom *("." Atom)
bool is_dot_string(std::string_view text) {
  for (const auto atom : split(text, '.')) {
    if (atom.empty()) return false;
    for (const char c : atom) {
      if (!is_atext(c)) return false;
    }
  }
  return true;
}

// Quoted-string = DQUOTE *QcontentSMTP DQUOTE
// quoted-pairSMTP = "\" %d32-126
//
// Octets of the quoted string at the start of `text`; 0 when there is none.
std::size_t quoted_length(std::string_view text) {
  if (text.empty() || text[0] != '"') return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (is_control(text[i])) return 0;
    if (text[i] == '\\') {
      ++i;
      if (i == text.size() || is_control(text[i]) || is_8bit(text[i])) return 0;
    }
  }
  return 0;
}

// sub-domain = Let-dig [Ldh-str] / U-label
//
// Lenient: "_" is taken, since host names with it do receive mail. Test:
// "underscore" in path_test.cc.
bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kMaxLabel) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  for (const char c : label) {
    if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_' && !is_8bit(c)) {
      return false;
    }
  }
  return true;
}

bool is_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return false;
  for (const auto part : parts) {
    if (part.size() > 3 || !parse_number(part, 255)) return false;
  }
  return true;
}

// Loose on purpose: whether the digits make an address is the server's to say;
// here it matters that nothing else can hide inside the brackets.
bool is_ipv6(std::string_view text) {
  bool colon = false;
  for (const char c : text) {
    const char low = to_lower(c);
    if (!is_digit(c) && !(low >= 'a' && low <= 'f') && c != ':' && c != '.') {
      return false;
    }
    colon = colon || c == ':';
  }
  return colon && text.size() <= 45;
}

// address-literal = "[" ( IPv4 / "IPv6:" IPv6 / General ) "]"
// General-address-literal = Standardized-tag ":" 1*dcontent
bool is_literal(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
  const auto inside = text.substr(1, text.size() - 2);
  if (is_ipv4(inside)) return true;
  if (istarts_with(inside, "IPv6:")) return is_ipv6(inside.substr(5));
  const auto colon = inside.find(':');
  if (colon == inside.npos || colon + 1 == inside.size()) return false;
  if (!is_label(inside.substr(0, colon))) return false;
  for (const char c : inside.substr(colon + 1)) {
    if (c < 33 || c > 126 || c == '[' || c == ']' || c == '\\') return false;
  }
  return true;
}

// Domain = sub-domain *("." sub-domain)
bool is_domain(std::string_view text) {
  for (const auto label : split(text, '.')) {
    if (!is_label(label)) return false;
  }
  return true;
}

}  // namespace

bool Mailbox::needs_smtputf8() const {
  return !is_ascii(local_part) || !is_ascii(domain);
}

// Mailbox = Local-part "@" ( Domain / address-literal )
// Local-part = Dot-string / Quoted-string        ; RFC 5321 section 4.1.2
Result<Mailbox> parse_mailbox(std::string_view text, const PathRules& rules) {
  if (text.empty()) return bad("it is empty", text);
  if (has_line_break_or_nul(text)) return bad("line end or NUL in it", text);
  if (!is_ascii(text)) {
    if (!rules.utf8) return bad("it is not ASCII", text);
    if (!is_valid_utf8(text)) return bad("it is not valid UTF-8", text);
  }

  std::size_t local = quoted_length(text);
  if (local == 0) {
    local = std::min(text.find('@'), text.size());
    if (!is_dot_string(text.substr(0, local))) {
      return bad("the part before the @ is not legal", text);
    }
  }
  if (local > kMaxLocalPart) {
    return bad("more than 64 octets before the @", text);
  }
  Mailbox mailbox{std::string(text.substr(0, local)), ""};
  if (local == text.size()) {
    if (rules.domain_optional || iequals(text, "postmaster")) return mailbox;
    return bad("no @", text);
  }
  if (text[local] != '@') return bad("no @ after the quotes", text);
  mailbox.domain = text.substr(local + 1);
  if (mailbox.domain.empty()) return bad("nothing after the @", text);
  if (mailbox.domain.size() > kMaxDomain) {
    return bad("more than 255 octets after the @", text);
  }
  if (!is_literal(mailbox.domain) && !is_domain(mailbox.domain)) {
    return bad("the domain is not legal", text);
  }
  return mailbox;
}

std::string to_string(const Mailbox& mailbox) {
  if (mailbox.domain.empty()) return mailbox.local_part;
  return mailbox.local_part + '@' + mailbox.domain;
}

}  // namespace mailtool::smtp
