#include "mailtool/smtp/mta_sts.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::smtp {
namespace {

constexpr std::string_view kVersion = "STSv1";
constexpr std::size_t kMaxId = 32;
constexpr std::size_t kMaxName = 32;  // of an extension

bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }

// sts-ext-name = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")
bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && is_alnum(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_alnum(c) || c == '_' || c == '-' || c == '.';
         });
}

// sts-ext-value = 1*(%x21-3A / %x3C / %x3E-7E)
bool is_record_value(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != ';' && c != '=';
  });
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId &&
         std::all_of(id.begin(), id.end(), is_alnum);
}

// Domain = sub-domain *("." sub-domain)            ; RFC 5321 section 4.1.2
bool is_domain(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (const auto label : split(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' ||
        label.back() == '-') {
      return false;
    }
    if (!std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alnum(c) || c == '-'; })) {
      return false;
    }
  }
  return true;
}

Error malformed(std::string_view what) {
  return Error{ErrorKind::protocol, "MTA-STS policy: " + std::string(what)};
}

// What the lines have said so far.
struct Fields {
  bool version = false;
  std::optional<MtaStsPolicy::Mode> mode;
  std::optional<std::uint32_t> max_age;
  std::vector<std::string> mx;
};

// sts-policy-field = name ":" *WSP value           ; RFC 8461 section 3.2
//
// Of a field that may stand only once the first counts; other names are
// extensions.
Result<void> take_field(std::string_view line, Fields& fields) {
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (colon == line.npos || !is_field_name(name)) {
    return malformed("not a field: " + printable(line, 100));
  }
  const auto value = trim(line.substr(colon + 1));
  if (name == "version") {
    if (value != kVersion) return malformed("the version is not STSv1");
    fields.version = true;
  } else if (name == "mode" && !fields.mode) {
    using Mode = MtaStsPolicy::Mode;
    if (value == "enforce") fields.mode = Mode::enforce;
    if (value == "testing") fields.mode = Mode::testing;
    if (value == "none") fields.mode = Mode::none;
    if (!fields.mode) return malformed("no such mode: " + printable(value, 40));
  } else if (name == "max_age" && !fields.max_age) {
    const auto seconds = parse_number(value, kMaxMtaStsAge);
    if (!seconds || value.size() > 10) {
      return malformed("max_age is not 0 to 31557600: " + printable(value, 40));
    }
    fields.max_age = static_cast<std::uint32_t>(*seconds);
  } else if (name == "mx") {
    const auto domain = value.starts_with("*.") ? value.substr(2) : value;
    if (!is_domain(domain)) {
      return malformed("mx is no domain: " + printable(value, 100));
    }
    fields.mx.push_back(lower(value));
  }
  return {};
}

}  // namespace

bool is_mta_sts_record(std::string_view text) {
  constexpr std::string_view start = "v=STSv1";
  if (!text.starts_with(start)) return false;
  const auto rest = trim(text.substr(start.size()));
  return rest.empty() || rest[0] == ';';
}

// sts-text-record = sts-version 1*(sts-field-delim sts-field)
//                   [sts-field-delim]              ; RFC 8461 section 3.1
std::optional<std::string> parse_mta_sts_id(std::string_view text) {
  if (!is_mta_sts_record(text)) return std::nullopt;
  auto fields = split(text, ';');
  if (fields.size() > 1 && trim(fields.back()).empty()) {
    fields.pop_back();
  }
  std::optional<std::string> id;
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const auto field = trim(fields[i]);
    const auto equals = field.find('=');
    if (equals == field.npos) return std::nullopt;
    const auto name = field.substr(0, equals);
    const auto value = field.substr(equals + 1);
    if (!is_field_name(name) || !is_record_value(value)) return std::nullopt;
    if (name != "id" || id) continue;
    if (!is_id(value)) return std::nullopt;
    id = std::string(value);
  }
  return id;
}

// sts-policy-record = sts-policy-field *WSP
//                     *(sts-policy-term sts-policy-field *WSP)
//                     [sts-policy-term]            ; RFC 8461 section 3.2
//
// Lenient: empty lines are passed over. Test: "empty lines" in
// mta_sts_test.cc.
Result<MtaStsPolicy> parse_mta_sts_policy(std::string_view text) {
  if (text.size() > kMaxMtaStsOctets) return malformed("more than 64 KiB");
  Fields fields;
  while (!text.empty()) {
    const auto lf = text.find('\n');
    auto line = text.substr(0, lf);
    text.remove_prefix(lf == text.npos ? text.size() : lf + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trim(line).empty()) continue;
    if (auto taken = take_field(line, fields); !taken) return taken.error();
  }
  if (!fields.version) return malformed("no version");
  if (!fields.mode) return malformed("no mode");
  if (!fields.max_age) return malformed("no max_age");
  if (fields.mx.empty() && fields.mode != MtaStsPolicy::Mode::none) {
    return malformed("no mx");
  }
  return MtaStsPolicy{*fields.mode, *fields.max_age, std::move(fields.mx)};
}

std::string to_text(const MtaStsPolicy& policy) {
  using Mode = MtaStsPolicy::Mode;
  std::string text = "version: STSv1\r\nmode: ";
  text += policy.mode == Mode::enforce   ? "enforce"
          : policy.mode == Mode::testing ? "testing"
                                         : "none";
  text += "\r\nmax_age: " + std::to_string(policy.max_age) + "\r\n";
  for (const auto& one : policy.mx) text += "mx: " + one + "\r\n";
  return text;
}

// Section 4.1: a wildcard stands for the leftmost label, and for it alone.
bool MtaStsPolicy::names(std::string_view host) const {
  return std::any_of(mx.begin(), mx.end(), [host](std::string_view pattern) {
    if (!pattern.starts_with("*.")) return host == pattern;
    const auto dot = host.find('.');
    return dot != host.npos && dot > 0 && host.substr(dot) == pattern.substr(1);
  });
}

}  // namespace mailtool::smtp
