#include "mailtool/imap/response.h"

#include <array>

#include "imap/response_parts.h"
#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

struct StatusWord {
  std::string_view word;
  Status status;
};
constexpr std::array<StatusWord, 5> kStatusWords{
    {{"OK", Status::ok},
     {"NO", Status::no},
     {"BAD", Status::bad},
     {"BYE", Status::bye},
     {"PREAUTH", Status::preauth}}};

std::optional<Status> status_of(std::string_view word) {
  for (const auto& known : kStatusWords) {
    if (iequals(word, known.word)) return known.status;
  }
  return std::nullopt;
}

std::string_view name_of(Status status) {
  for (const auto& known : kStatusWords) {
    if (status == known.status) return known.word;
  }
  return "OK";
}

// The word at the start of `text`; `text` loses it and the blanks behind it.
std::string_view take_word(std::string_view& text) {
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  return word;
}

// The "]" that ends a code: brackets within it are counted, those in quotes
// passed over. npos: there is none.
std::size_t end_of_code(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '[') {
      ++depth;
    } else if (!quoted && c == ']' && --depth == 0) {
      return i;
    }
  }
  return text.find(']');
}

// resp-text = ["[" resp-text-code "]" SP] [text]      ; RFC 9051 section 9
// Lenient: neither a blank nor text need follow the code.
StatusResponse parse_resp_text(std::string_view tag, Status status,
                               std::string_view rest) {
  StatusResponse response;
  response.tag = tag;
  response.status = status;
  if (rest.starts_with('[')) {
    const auto end = end_of_code(rest);
    if (end != rest.npos) {
      auto inside = rest.substr(1, end - 1);
      ResponseCode code;
      code.name = upper(take_word(inside));
      code.arguments = inside;
      response.code = std::move(code);
      rest.remove_prefix(end + 1);
    }
  }
  response.text = trim(rest);
  return response;
}

OtherData other(std::string_view name, const FramedResponse& framed) {
  return {upper(name.substr(0, 100)),
          framed.octets.substr(0, OtherData::kMaxOther)};
}

template <class T>
Response or_other(std::optional<T> data, std::string_view name,
                  const FramedResponse& framed) {
  if (data) return *std::move(data);
  return other(name, framed);
}

// message-data = nz-number SP ("EXPUNGE" / ("FETCH" SP msg-att))
// mailbox-data = … / number SP "EXISTS" / number SP "RECENT"
Response parse_numbered(std::string_view number, std::string_view rest,
                        const FramedResponse& framed) {
  const auto value = parse_number(number, UINT32_MAX);
  const auto word = take_word(rest);
  if (!value) return other(word, framed);
  const auto count = static_cast<std::uint32_t>(*value);
  const auto offset = framed.octets.size() - rest.size();
  if (iequals(word, "EXISTS")) return ExistsData{count};
  if (iequals(word, "RECENT")) return RecentData{count};
  // "* 0 FETCH" is a known fault: the UID inside tells the message.
  if (iequals(word, "FETCH")) return parse_fetch(framed, offset, count);
  if (iequals(word, "EXPUNGE") && count > 0) return ExpungeData{count};
  return other(word, framed);
}

Response parse_untagged(std::string_view rest, const FramedResponse& framed,
                        NameEncoding names) {
  const auto whole = rest;
  const auto word = take_word(rest);
  const auto offset = framed.octets.size() - rest.size();
  if (const auto status = status_of(word)) {
    return parse_resp_text("", *status, rest);
  }
  // Lenient: a code without OK. Test: "code without a status".
  if (word.starts_with('[')) return parse_resp_text("", Status::ok, whole);
  if (!word.empty() && is_digit(word[0])) {
    return parse_numbered(word, rest, framed);
  }
  if (iequals(word, "CAPABILITY")) {
    return CapabilityData{Capabilities(words(rest))};
  }
  if (iequals(word, "FLAGS")) return parse_flags(framed, offset);
  if (iequals(word, "LIST") || iequals(word, "XLIST")) {
    return or_other(parse_list(framed, offset, false, names), word, framed);
  }
  if (iequals(word, "LSUB")) {
    return or_other(parse_list(framed, offset, true, names), word, framed);
  }
  if (iequals(word, "STATUS")) {
    return or_other(parse_status_data(framed, offset, names), word, framed);
  }
  if (iequals(word, "SEARCH")) return parse_search(rest);
  if (iequals(word, "SORT")) return parse_sort(rest);
  if (iequals(word, "THREAD")) return parse_thread(rest);
  if (iequals(word, "ESEARCH")) return parse_esearch(framed, offset);
  if (iequals(word, "VANISHED")) {
    return or_other(parse_vanished(framed, offset), word, framed);
  }
  return other(word, framed);
}

}  // namespace

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> all;
  for (const auto word : split(text, ' ')) {
    if (!word.empty()) all.push_back(word);
  }
  return all;
}

bool StatusResponse::has_code(std::string_view name) const {
  return code && code->name == name;
}

std::string StatusResponse::shown() const {
  std::string line(name_of(status));
  if (code) {
    line += " [" + code->name;
    if (!code->arguments.empty()) line += " " + code->arguments;
    line += "]";
  }
  if (!text.empty()) line += " " + text;
  return line;
}

// response = *(continue-req / response-data) response-done
Response parse_response(const FramedResponse& framed, NameEncoding names) {
  std::string_view rest = framed.octets;
  if (rest.starts_with('+')) {
    rest.remove_prefix(1);
    return Continuation{std::string(trim(rest))};
  }
  const auto tag = take_word(rest);
  if (tag == "*") return parse_untagged(rest, framed, names);
  const auto word = take_word(rest);
  const auto status = status_of(word);
  if (tag.empty() || !status) return other("", framed);
  return parse_resp_text(tag, *status, rest);
}

namespace {

// "3:1" is "1:3" (RFC 4315 section 3), but who writes it so may mean otherwise.
bool is_ascending(std::string_view set) {
  std::uint64_t last = 0;
  for (const auto part : split(set, ',')) {
    const auto colon = part.find(':');
    const auto first = parse_number(part.substr(0, colon), UINT32_MAX);
    const auto other = colon == part.npos
                           ? first
                           : parse_number(part.substr(colon + 1), UINT32_MAX);
    if (!first || !other || *first <= last || *other < *first) return false;
    last = *other;
  }
  return true;
}

}  // namespace

// resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set ; RFC 4315
std::optional<CopyUid> parse_copy_uid(const ResponseCode& code) {
  if (code.name != "COPYUID") return std::nullopt;
  const auto parts = words(code.arguments);
  if (parts.size() != 3) return std::nullopt;
  const auto validity = parse_number(parts[0], UINT32_MAX);
  auto source = parse_sequence_set(parts[1]);
  auto target = parse_sequence_set(parts[2]);
  if (!validity || *validity == 0 || !source || !target) return std::nullopt;
  if (source->open_ended() || target->open_ended()) return std::nullopt;
  if (source->count() != target->count()) return std::nullopt;
  return CopyUid{static_cast<std::uint32_t>(*validity), *std::move(source),
                 *std::move(target),
                 is_ascending(parts[1]) && is_ascending(parts[2])};
}

}  // namespace mailtool::imap
