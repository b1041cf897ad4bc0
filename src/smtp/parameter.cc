#include "smtp/parameter.h"

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::smtp {
namespace {

constexpr std::size_t kMaxEnvelopeId = 100;  // octets, RFC 3461 section 4.4
constexpr std::size_t kMaxOriginal = 500;    // octets, RFC 3461 section 4.2
constexpr char kHex[] = "0123456789ABCDEF";

Error refused(std::string_view parameter) {
  return Error{ErrorKind::protocol,
               "parameter not taken: " + printable(parameter, 100)};
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct Keyword {
  std::string_view name;
  std::string_view value;
};

Keyword keyword(std::string_view parameter) {
  const auto equals = parameter.find('=');
  if (equals == parameter.npos) return {parameter, {}};
  return {parameter.substr(0, equals), parameter.substr(equals + 1)};
}

// orcpt = original-recipient-address, addr-type ";" xtext   ; RFC 3461 4.2
Result<std::string> orcpt_value(std::string_view orcpt) {
  const auto semicolon = orcpt.find(';');
  if (semicolon == orcpt.npos || semicolon == 0 ||
      orcpt.size() > kMaxOriginal) {
    return Error{ErrorKind::bad_input,
                 "bad original recipient " + printable(orcpt, 100)};
  }
  for (const char c : orcpt.substr(0, semicolon)) {
    if (!is_alpha(c) && !is_digit(c) && c != '-') {
      return Error{ErrorKind::bad_input,
                   "bad original recipient " + printable(orcpt, 100)};
    }
  }
  auto address = to_xtext(orcpt.substr(semicolon + 1));
  if (!address) return address;
  return std::string(orcpt.substr(0, semicolon + 1)) + *address;
}

std::string notify_value(const DsnNotify& notify) {
  if (notify.never) return "NEVER";
  std::string value;
  const auto add = [&](bool wanted, std::string_view word) {
    if (!wanted) return;
    if (!value.empty()) value += ',';
    value += word;
  };
  add(notify.success, "SUCCESS");
  add(notify.failure, "FAILURE");
  add(notify.delay, "DELAY");
  return value;
}

Result<DsnNotify> parse_notify(std::string_view value) {
  DsnNotify notify;
  const auto words = split(value, ',');
  for (const auto word : words) {
    if (iequals(word, "NEVER") && words.size() == 1) {
      notify.never = true;
    } else if (iequals(word, "SUCCESS")) {
      notify.success = true;
    } else if (iequals(word, "FAILURE")) {
      notify.failure = true;
    } else if (iequals(word, "DELAY")) {
      notify.delay = true;
    } else {
      return refused("NOTIFY");
    }
  }
  return notify;
}

}  // namespace

// xtext = *( xchar / hexchar ), hexchar = "+" 2(HEXDIG)     ; RFC 3461 section 4
Result<std::string> to_xtext(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_8bit(c)) {
      return Error{ErrorKind::bad_input,
                   "not ASCII: " + printable(text, 100)};
    }
    if (c > ' ' && c < 0x7f && c != '+' && c != '=') {
      encoded += c;
    } else {
      encoded += '+';
      encoded += kHex[static_cast<unsigned char>(c) >> 4];
      encoded += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return encoded;
}

Result<std::string> from_xtext(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '+') {
      if (text[i] <= ' ' || text[i] > '~') return refused(text);
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return refused(text);
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || high > 7 || low < 0) return refused(text);
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

Result<void> append_parameters(std::string& line, const Mail& mail) {
  if (mail.size) line += " SIZE=" + std::to_string(*mail.size);
  switch (mail.body) {
    case Body::unspecified: break;
    case Body::seven_bit: line += " BODY=7BIT"; break;
    case Body::eight_bit_mime: line += " BODY=8BITMIME"; break;
    case Body::binary_mime: line += " BODY=BINARYMIME"; break;
  }
  if (mail.smtputf8) line += " SMTPUTF8";
  if (mail.ret == DsnReturn::full) line += " RET=FULL";
  if (mail.ret == DsnReturn::headers) line += " RET=HDRS";
  if (!mail.envid.empty()) {
    auto id = to_xtext(mail.envid);
    if (!id) return std::move(id).error();
    if (id->size() > kMaxEnvelopeId) {
      return Error{ErrorKind::bad_input, "the envelope id is too long"};
    }
    line += " ENVID=" + *id;
  }
  if (mail.auth) {
    auto who = to_xtext(mail.auth->empty() ? "<>" : *mail.auth);
    if (!who) return std::move(who).error();
    line += " AUTH=" + *who;
  }
  return {};
}

Result<void> append_parameters(std::string& line, const Rcpt& rcpt) {
  const auto notify = notify_value(rcpt.notify);
  if (!notify.empty()) line += " NOTIFY=" + notify;
  if (!rcpt.orcpt.empty()) {
    auto original = orcpt_value(rcpt.orcpt);
    if (!original) return std::move(original).error();
    line += " ORCPT=" + *original;
  }
  return {};
}

Result<void> take_parameter(std::string_view parameter, Mail& mail) {
  const auto [name, value] = keyword(parameter);
  if (iequals(name, "SIZE")) {
    mail.size = parse_number(value);
    if (mail.size) return {};
  } else if (iequals(name, "BODY")) {
    mail.body = iequals(value, "7BIT")         ? Body::seven_bit
                : iequals(value, "8BITMIME")   ? Body::eight_bit_mime
                : iequals(value, "BINARYMIME") ? Body::binary_mime
                                               : Body::unspecified;
    if (mail.body != Body::unspecified) return {};
  } else if (iequals(parameter, "SMTPUTF8")) {
    mail.smtputf8 = true;
    return {};
  } else if (iequals(name, "RET")) {
    mail.ret = iequals(value, "FULL")   ? DsnReturn::full
               : iequals(value, "HDRS") ? DsnReturn::headers
                                        : DsnReturn::unspecified;
    if (mail.ret != DsnReturn::unspecified) return {};
  } else if (iequals(name, "ENVID") && !value.empty()) {
    auto id = from_xtext(value);
    if (!id) return std::move(id).error();
    mail.envid = *std::move(id);
    return {};
  } else if (iequals(name, "AUTH") && !value.empty()) {
    auto who = from_xtext(value);
    if (!who) return std::move(who).error();
    mail.auth = *who == "<>" ? "" : *std::move(who);
    return {};
  }
  return refused(parameter);
}

Result<void> take_parameter(std::string_view parameter, Rcpt& rcpt) {
  const auto [name, value] = keyword(parameter);
  if (iequals(name, "NOTIFY")) {
    auto notify = parse_notify(value);
    if (!notify) return std::move(notify).error();
    rcpt.notify = *notify;
    return {};
  }
  if (iequals(name, "ORCPT")) {
    const auto semicolon = value.find(';');
    if (semicolon == value.npos || semicolon == 0) return refused(parameter);
    auto address = from_xtext(value.substr(semicolon + 1));
    if (!address) return std::move(address).error();
    rcpt.orcpt = std::string(value.substr(0, semicolon + 1)) + *address;
    return {};
  }
  return refused(parameter);
}

}  // namespace mailtool::smtp
