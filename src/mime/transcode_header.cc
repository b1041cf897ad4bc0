#include "transcode_header.h"

#include <algorithm>
#include <array>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/encoded_word.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/parameter.h"

namespace mailtool::mime {
namespace {

bool all_blank(std::string_view line) {
  return std::all_of(line.begin(), line.end(), is_blank);
}

// Where `line` can be broken: before a blank that has something before it,
// best at or before 78 octets, else as early as can be; npos if nowhere before
// octet 999. `least` octets belong to the name of the field.
std::size_t break_at(std::string_view line, std::size_t least) {
  auto text = least;
  while (text < line.size() && is_blank(line[text])) ++text;
  std::size_t best = line.npos;
  for (std::size_t i = text; i < line.size() && i <= kMaxLineOctets; ++i) {
    if (!is_blank(line[i])) continue;
    if (i > kGoodLineOctets && best != line.npos) break;
    best = i;
  }
  // RFC 5322 section 2.2.3 allows nothing but the name on the first line.
  const bool too_long = line.size() > kMaxLineOctets;
  if (best == line.npos && too_long && least > 0 && text > least) best = least;
  return best;
}

// Appends the line, folded if it is too long. False where it cannot be.
bool fold_line(std::string_view line, std::size_t name, std::string& folded) {
  if (line.size() <= kMaxLineOctets) {
    folded += line;
    return true;
  }
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  while (line.size() > kGoodLineOctets) {
    const auto at = break_at(line, name);
    if (at == line.npos) break;
    folded += line.substr(0, at);
    folded += "\r\n";
    line.remove_prefix(at);
    name = 0;
  }
  folded += line;
  return line.size() <= kMaxLineOctets;
}

constexpr std::array<std::string_view, 6> kUnstructured = {
    "subject",      "comments",     "content-description",
    "organization", "organisation", "thread-topic"};
constexpr std::array<std::string_view, 10> kAddresses = {
    "from",        "sender",        "reply-to",  "to",        "cc",
    "resent-from", "resent-sender", "resent-to", "resent-cc", "resent-reply-to"};
constexpr std::array<std::string_view, 2> kParameterized = {
    "content-type", "content-disposition"};

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<std::string> encode_text(std::string_view value,
                                       std::size_t before) {
  DefectSet defects;
  std::string text;
  decode_value(value, text, &defects);
  defects.remove(DefectRule::deceptive_characters);
  auto words = encode_words(text, before);
  if (!defects.empty() || decode_value(words) != text) return std::nullopt;
  return words;
}

std::optional<std::string> encode_addresses(std::string_view value,
                                            const AddressForm& form) {
  // A comment is no part of what an address list holds.
  if (value.find('(') != value.npos) return std::nullopt;
  auto list = parse_address_list(value);
  if (list.defective || list.mailboxes.empty()) return std::nullopt;
  for (auto& mailbox : list.mailboxes) {
    if (form) mailbox.address = form(mailbox.address);
  }
  auto encoded = to_header(list);
  const auto again = parse_address_list(encoded);
  const bool same = again.mailboxes == list.mailboxes &&
                    again.groups == list.groups && !again.defective;
  return same ? std::optional(std::move(encoded)) : std::nullopt;
}

std::optional<std::string> encode_parameters(std::string_view value) {
  if (value.find('(') != value.npos) return std::nullopt;
  const auto read = parse_parameters(value);
  if (read.defective || read.duplicate || !is_ascii(read.value)) {
    return std::nullopt;
  }
  // Nobody looks for a boundary in the forms of RFC 2231.
  if (read.find("boundary") != nullptr) return std::nullopt;
  std::string encoded = read.value;
  for (const auto& parameter : read.parameters()) {
    encoded += to_parameter(parameter.name, parameter.value);
  }
  const auto again = parse_parameters(encoded);
  const bool same =
      again.value == read.value &&
      std::equal(again.parameters().begin(), again.parameters().end(),
                 read.parameters().begin(), read.parameters().end());
  return same ? std::optional(std::move(encoded)) : std::nullopt;
}

}  // namespace

FieldState look_at_field(std::string_view whole) {
  FieldState state;
  state.high = !is_ascii(whole);
  state.unclean = whole.find('\0') != whole.npos;
  for (auto at = whole.find('\r'); at != whole.npos && !state.unclean;
       at = whole.find('\r', at + 1)) {
    state.unclean = !whole.substr(at + 1).starts_with('\n');
  }
  state.long_line =
      whole.size() > kMaxLineOctets && longest_line(whole) > kMaxLineOctets;
  return state;
}

std::string clean_field(std::string_view whole) {
  std::string text(whole);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool bare_cr =
        text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (bare_cr || text[i] == '\0') text[i] = ' ';
  }
  std::string clean;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end);
    if (!all_blank(line.substr(0, line.find_last_not_of("\r\n") + 1))) {
      clean += line;
    }
  }
  // The last line may have gone, and what was the end of a fold with it.
  while (clean.ends_with('\n') || clean.ends_with('\r')) clean.pop_back();
  return clean;
}

std::optional<std::string> fold_long_lines(std::string_view whole) {
  std::string folded;
  auto name = whole.find(':') + 1;
  while (true) {
    const auto end = whole.find('\n');
    auto line = whole.substr(0, end);
    const bool crlf = line.ends_with('\r') && end != whole.npos;
    if (crlf) line.remove_suffix(1);
    if (!fold_line(line, name, folded)) return std::nullopt;
    if (end == whole.npos) return folded;
    folded += crlf ? "\r\n" : "\n";
    whole.remove_prefix(end + 1);
    name = 0;
  }
}

std::optional<std::string> encode_field(std::string_view name,
                                        std::string_view value,
                                        const AddressForm& form) {
  const bool utf8 = is_valid_utf8(value);
  // What windows-1252 has no character for could not be read back.
  if (!utf8 && undeclared_to_utf8(value).find("\xef\xbf\xbd") != value.npos) {
    return std::nullopt;
  }
  const auto key = lower(name);
  std::optional<std::string> encoded;
  if (holds(kUnstructured, key) || key.starts_with("x-")) {
    encoded = encode_text(value, name.size() + 2);
  } else if (holds(kAddresses, key)) {
    // Whom an address means must not hang on a charset that was guessed.
    encoded = encode_addresses(value, utf8 ? form : AddressForm());
  } else if (utf8 && holds(kParameterized, key)) {
    encoded = encode_parameters(value);
  }
  if (!encoded || !is_ascii(*encoded)) return std::nullopt;
  auto field = fold_field(name, *encoded);
  field.resize(field.size() - 2);
  const bool fit = look_at_field(field).fit();
  return fit ? std::optional(std::move(field)) : std::nullopt;
}

}  // namespace mailtool::mime
