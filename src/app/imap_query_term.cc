#include "app/imap_query_term.h"

#include <algorithm>
#include <array>
#include <utility>

#include "app/quantity.h"
#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/imap/message_id.h"

namespace mailtool::app {
namespace {

using imap::SearchKey;

constexpr std::array<std::string_view, 21> kKeys{
    "from",   "to",    "cc",     "bcc",     "subject", "body",   "text",
    "header", "id",    "is",     "kw",      "since",   "before", "on",
    "older",  "newer", "larger", "smaller", "has",     "uid",    "thread"};
constexpr std::array<std::string_view, 6> kStates{
    "unread", "read", "flagged", "answered", "draft", "deleted"};
constexpr std::array<std::string_view, 6> kStateKeys{
    "UNSEEN", "SEEN", "FLAGGED", "ANSWERED", "DRAFT", "DELETED"};

Error wrong(std::string_view key, const std::string& value, std::string what) {
  std::string step = "query: ";
  if (!key.empty()) step += printable(key, 60) + ":";
  return Error{ErrorKind::usage, std::move(what), step + printable(value, 200)};
}

SearchKey string_key(std::string name, std::string text) {
  SearchKey key;
  key.kind = SearchKey::Kind::string;
  key.name = std::move(name);
  key.text = std::move(text);
  return key;
}

SearchKey word_key(std::string_view name) {
  SearchKey key;
  key.kind = SearchKey::Kind::word;
  key.name = name;
  return key;
}

SearchKey number_key(std::string name, std::uint64_t number) {
  SearchKey key;
  key.kind = SearchKey::Kind::number;
  key.name = std::move(name);
  key.number = number;
  return key;
}

Result<QueryTerm> exact(SearchKey key) {
  QueryTerm term;
  term.key = std::move(key);
  return term;
}

Result<QueryTerm> arrived(Moments moments) {
  QueryTerm term;
  term.arrival = moments;
  return term;
}

Result<QueryTerm> day_term(std::string_view key, const std::string& value,
                           const QueryClock& clock) {
  const auto day = parse_day(value);
  if (!day) return wrong(key, value, "not a day, as 2026-01-31");
  const auto begin = clock.midnight(*day);
  if (key == "since") return arrived({.from = begin});
  if (key == "before") return arrived({.to = begin});
  return arrived({.from = begin, .to = clock.midnight(next_day(*day))});
}

// RFC 5032: OLDER is "not within the last n seconds", YOUNGER "within".
Result<QueryTerm> age_term(std::string_view key, const std::string& value,
                           const QueryClock& clock) {
  const auto duration = parse_duration(value);
  if (!duration) return wrong(key, value, duration.error().what);
  const auto seconds = std::max<std::int64_t>(1, duration->count());
  const bool older = key == "older";
  auto term = older ? arrived({.to = clock.now - seconds + 1})
                    : arrived({.from = clock.now - seconds});
  term->within = number_key(older ? "OLDER" : "YOUNGER",
                            static_cast<std::uint64_t>(seconds));
  return term;
}

// header:Name=x, header:Name
Result<QueryTerm> header_term(const std::string& value) {
  const auto equals = value.find('=');
  const auto name = value.substr(0, equals);
  const bool legal =
      !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != ':';
      });
  if (!legal) return wrong("header", value, "not a header field, as List-Id=x");
  if (equals != value.npos && trim(value.substr(equals + 1)).empty()) {
    return wrong("header", value, "a text is missing behind \"=\"")
        .with_hint("header:" + printable(name, 60) +
                   " finds all messages that have the field");
  }
  auto key = string_key(
      name, equals == value.npos ? std::string() : value.substr(equals + 1));
  key.kind = SearchKey::Kind::header;
  return exact(std::move(key));
}

Result<QueryTerm> state_term(const std::string& value) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (iequals(value, kStates[i])) return exact(word_key(kStateKeys[i]));
  }
  return wrong("is", value,
               "not one of unread, read, flagged, answered, draft, deleted" +
                   did_you_mean(value, kStates, "is:"));
}

Result<QueryTerm> attachment_term(const std::string& value) {
  if (!iequals(value, "attachment")) {
    return wrong("has", value, "only has:attachment is known");
  }
  QueryTerm term;
  term.attachment = true;
  return term;
}

Result<QueryTerm> set_term(const std::string& value) {
  auto set = imap::parse_sequence_set(value);
  if (!set) return wrong("uid", value, "not a UID set, as 2,4:9");
  SearchKey key;
  key.kind = SearchKey::Kind::uid;
  key.set = *std::move(set);
  return exact(std::move(key));
}

// thread:4711, thread:id@host
Result<QueryTerm> thread_term(const std::string& value) {
  QueryTerm term;
  auto& seed = term.thread.emplace();
  if (auto set = imap::parse_sequence_set(value)) {
    seed.kind = SearchKey::Kind::uid;
    seed.set = *std::move(set);
    return term;
  }
  const bool closed = value.starts_with('<') && value.ends_with('>');
  const auto id = closed ? value.substr(1, value.size() - 2) : value;
  if (!is_ascii(value) || id.find('@') == id.npos) {
    return wrong("thread", value, "neither UIDs, as 4711, nor a Message-ID");
  }
  const std::string whole = "<" + id + ">";
  std::string_view rest = whole;
  const bool legal = id.find_first_of(closed ? "<> \t" : "<> \t,") == id.npos &&
                     imap::take_message_id(rest) && rest.empty();
  if (!legal) {
    return wrong("thread", value, "not one whole Message-ID, as id@host")
        .with_hint("several: thread:ID or thread:ID");
  }
  // With the brackets, lest it is found as a part of another.
  seed = string_key("Message-ID", whole);
  seed.kind = SearchKey::Kind::header;
  return term;
}

bool is_keyword(const std::string& value) {
  return imap::is_flag(value) && value.front() != '\\';
}

// What stands behind the colon, as one word or phrase.
std::string shown(std::string_view key, const std::string& value) {
  std::string words(key);
  if (!key.empty()) words += ':';
  if (key == "raw") return words + "(" + value + ")";
  if (value.find_first_of(" \t\"()") == value.npos && !value.empty()) {
    return words + value;
  }
  words += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') words += '\\';
    words += c;
  }
  return words + '"';
}

Result<QueryTerm> term_of(std::string_view key, const std::string& value,
                          const QueryClock& clock) {
  if (has_line_break_or_nul(value)) {
    return wrong(key, value, "CR, LF or NUL in it");
  }
  // What is in every message is no condition.
  if (key.empty() && trim(value).empty()) {
    return wrong(key, "\"" + value + "\"", "an empty text");
  }
  if (key.empty()) return exact(string_key("TEXT", value));
  if (trim(value).empty()) return wrong(key, value, "a value is missing");
  if (key == "from" || key == "to" || key == "cc" || key == "bcc" ||
      key == "subject" || key == "body" || key == "text") {
    return exact(string_key(upper(key), value));
  }
  if (key == "header") return header_term(value);
  if (key == "id") return header_term("Message-ID=" + value);
  if (key == "is") return state_term(value);
  if (key == "kw") {
    if (!is_keyword(value)) return wrong(key, value, "not a keyword");
    return exact(string_key("KEYWORD", value));
  }
  if (key == "since" || key == "before" || key == "on") {
    return day_term(key, value, clock);
  }
  if (key == "older" || key == "newer") return age_term(key, value, clock);
  if (key == "larger" || key == "smaller") {
    const auto size = parse_size(value);
    if (!size) return wrong(key, value, size.error().what);
    // RFC 3501 has numbers of 32 bits, and no message that is larger.
    return exact(
        number_key(upper(key), std::min<std::uint64_t>(*size, UINT32_MAX)));
  }
  if (key == "has") return attachment_term(value);
  if (key == "uid") return set_term(value);
  if (key == "thread") return thread_term(value);
  if (key == "raw") {
    auto raw = raw_key(value);
    if (!raw) return std::move(raw).error();
    return exact(*std::move(raw));
  }
  auto unknown = wrong(key, value, "no such key" + did_you_mean(key, kKeys));
  return std::move(unknown).with_hint(
      "a text with a colon goes in quotes: "
      "\"re: lunch\"");
}

}  // namespace

Result<QueryTerm> parse_term(std::string_view key, const std::string& value,
                             const QueryClock& clock) {
  auto term = term_of(key, value, clock);
  if (term) term->words = shown(key, value);
  return term;
}

Result<SearchKey> raw_key(const std::string& words) {
  const auto refused = [&](std::string what) {
    return wrong("raw", words, std::move(what));
  };
  if (!is_ascii(words) || has_line_break_or_nul(words)) {
    return refused("8-bit, CR, LF or NUL in it");
  }
  if (trim(words).empty()) return refused("a value is missing");
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const char c = words[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\') ++i;
    if (quoted) continue;
    if (c == '{' || c == '}') return refused("a literal in it");
    if (c == '(' && ++depth > kMaxQueryDepth) {
      return refused("parentheses nested too deeply");
    }
    if (c == ')' && depth-- == 0) return refused("\")\" without \"(\"");
  }
  if (quoted) return refused("a quote is not closed");
  if (depth > 0) return refused("\"(\" without \")\"");
  SearchKey key;
  key.kind = SearchKey::Kind::raw;
  key.text = words;
  return key;
}

}  // namespace mailtool::app
