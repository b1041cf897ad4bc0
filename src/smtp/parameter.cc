#include "smtp/parameter.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "smtp/xtext.h"

namespace mailtool::smtp {
namespace {

constexpr std::size_t kMaxEnvelopeId = 100;  // octets, RFC 3461 section 4.4
constexpr std::size_t kMaxOriginal = 500;    // octets, RFC 3461 section 4.2

Error refused(std::string_view parameter) {
  return Error{ErrorKind::unsupported,
               "parameter not taken: " + printable(parameter, 100)};
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

Error too_long(std::string_view name, std::size_t limit) {
  return Error{ErrorKind::protocol, std::string(name) + " has more than " +
                                        std::to_string(limit) + " characters"};
}

// addr-type = atom                                            ; RFC 3461 4.2
bool is_address_type(std::string_view type) {
  return !type.empty() && std::all_of(type.begin(), type.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-';
  });
}

// original-recipient-address = addr-type ";" xtext            ; RFC 3461 4.2
//                            / "utf-8;" utf-8-enc-addr        ; RFC 6533
Result<std::string> orcpt_value(std::string_view orcpt) {
  const auto semicolon = std::min(orcpt.find(';'), orcpt.size());
  const auto type = orcpt.substr(0, semicolon);
  const Error bad{ErrorKind::bad_input,
                  "bad original recipient " + printable(orcpt, 100)};
  if (!is_address_type(type) || semicolon + 1 >= orcpt.size()) return bad;
  const auto address = orcpt.substr(semicolon + 1);
  auto encoded =
      iequals(type, "utf-8") ? to_utf8_xtext(address) : to_xtext(address);
  if (!encoded) return encoded;
  auto value = std::string(type) + ';' + *encoded;
  if (value.size() > kMaxOriginal) return bad;
  return value;
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

// RFC 1870 section 4: size-value = 1*20DIGIT. What has no room in 64 bits is too
// large for everybody.
std::optional<std::uint64_t> size_value(std::string_view text) {
  const bool valid = !text.empty() && text.size() <= 20 &&
                     std::all_of(text.begin(), text.end(), is_digit);
  if (!valid) return std::nullopt;
  return parse_number(text).value_or(UINT64_MAX);
}

Result<void> take_parameter(std::string_view parameter, Mail& mail) {
  const auto [name, value] = keyword(parameter);
  if (iequals(name, "SIZE")) {
    mail.size = size_value(value);
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
    if (value.size() > kMaxEnvelopeId) return too_long("ENVID", kMaxEnvelopeId);
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
    if (value.size() > kMaxOriginal) return too_long("ORCPT", kMaxOriginal);
    const auto semicolon = std::min(value.find(';'), value.size());
    const auto type = value.substr(0, semicolon);
    if (!is_address_type(type) || semicolon + 1 >= value.size()) {
      return refused(parameter);
    }
    const auto encoded = value.substr(semicolon + 1);
    auto address =
        iequals(type, "utf-8") ? from_utf8_xtext(encoded) : from_xtext(encoded);
    if (!address) return std::move(address).error();
    rcpt.orcpt = std::string(type) + ';' + *address;
    return {};
  }
  return refused(parameter);
}

}  // namespace mailtool::smtp
