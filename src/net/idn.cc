#include "mailtool/net/idn.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::net {
namespace {

// RFC 1035 section 2.3.4: 255 octets on the wire are 253 as text.
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;

enum class Underscores : bool { no, yes };

// label = let-dig [ [ ldh-str ] let-dig ]          ; RFC 1034 section 3.5
// with digits allowed in front, RFC 1123 section 2.1
bool is_label(std::string_view label, Underscores underscores) noexcept {
  if (label.empty() || label.size() > kMaxLabel) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [underscores](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' ||
           (c == '_' && underscores == Underscores::yes);
  });
}

bool is_name(std::string_view name, Underscores underscores) noexcept {
  if (name.empty() || name.size() > kMaxName) return false;
  std::string_view label;
  while (true) {
    const auto dot = name.find('.');
    label = name.substr(0, dot);
    if (!is_label(label, underscores)) return false;
    if (dot == name.npos) break;
    name.remove_prefix(dot + 1);
  }
  return !std::all_of(label.begin(), label.end(), is_digit);
}

Error no_name(std::string_view name, std::string_view why) {
  std::string what = "'";
  what += printable(name, 300);
  what += "' is not a host name";
  if (!why.empty()) what.append(": ").append(why);
  return Error{ErrorKind::no_host, std::move(what)};
}

// RFC 5891 with the mapping of UTS #46. STD3 rules stay off since libidn2
// would take underscores out silently; is_name() sees to the syntax instead.
Result<std::string> to_a_labels(std::string_view name) {
  if (!is_valid_utf8(name) || has_line_break_or_nul(name))
    return no_name(name, "");
  const std::string text(name);
  char* raw = nullptr;
  const int status = idn2_to_ascii_8z(text.c_str(), &raw,
                                      IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (status != IDN2_OK) return no_name(name, idn2_strerror(status));
  const std::unique_ptr<char, void (*)(void*)> owned(raw, idn2_free);
  return std::string(raw);
}

Result<std::string> to_ascii(std::string_view name, Underscores underscores) {
  // Four octets a code point at most come out of 253 octets of A-labels.
  if (name.empty() || name.size() > 4 * kMaxName) return no_name(name, "");
  std::string ascii;
  if (is_ascii(name)) {
    ascii = lower(name);
  } else {
    auto encoded = to_a_labels(name);
    if (!encoded) return encoded;
    ascii = lower(*encoded);
  }
  if (ascii.ends_with('.')) ascii.pop_back();
  if (!is_name(ascii, underscores)) return no_name(name, "");
  return ascii;
}

}  // namespace

bool is_host_name(std::string_view name) noexcept {
  return is_name(name, Underscores::no);
}

bool is_owner_name(std::string_view name) noexcept {
  return is_name(name, Underscores::yes);
}

bool is_ip_literal(std::string_view host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  return IpAddress::parse(host).has_value();
}

Result<std::string> to_ascii_host(std::string_view name) {
  return to_ascii(name, Underscores::no);
}

Result<std::string> to_ascii_owner(std::string_view name) {
  return to_ascii(name, Underscores::yes);
}

}  // namespace mailtool::net
