#include "app/imap_query_lexer.h"

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

bool ends_word(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

Error wrong(std::string what) {
  return Error{ErrorKind::usage, std::move(what), "query"};
}

}  // namespace

// "…" with \" and \\ inside. at_ is on the opening quote.
Result<std::string> QueryLexer::quoted() {
  std::string out;
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] == '"') {
      ++at_;
      return out;
    }
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
    out += text_[at_];
  }
  return wrong("a quote is not closed");
}

// (…) with what is inside kept as it stands. at_ is on the "(".
Result<std::string> QueryLexer::parenthesised() {
  const auto begin = at_ + 1;
  std::size_t depth = 0;
  bool inside_quotes = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') inside_quotes = !inside_quotes;
    if (inside_quotes && c == '\\') ++at_;
    if (inside_quotes) continue;
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0) {
      return std::string(text_.substr(begin, at_++ - begin));
    }
  }
  return wrong("a parenthesis after raw: is not closed");
}

// What stands behind the colon; quotes may open anywhere in it, and
// parentheses that open in it close in it.
Result<std::string> QueryLexer::value() {
  std::string out;
  std::size_t depth = 0;
  while (at_ < text_.size() && !ends_word(text_[at_])) {
    const char c = text_[at_];
    if (c == '"') {
      auto phrase = quoted();
      if (!phrase) return phrase;
      out += *phrase;
      continue;
    }
    if (c == '(') ++depth;
    if (c == ')' && depth-- == 0) break;
    out += c;
    ++at_;
  }
  return out;
}

Result<QueryToken> QueryLexer::next() {
  using enum QueryToken::Kind;
  while (at_ < text_.size() && ends_word(text_[at_])) ++at_;
  if (at_ == text_.size()) return QueryToken{end, "", ""};
  const char c = text_[at_];
  if (c == '(' || c == ')') {
    ++at_;
    return QueryToken{c == '(' ? open : close, "", ""};
  }
  const bool glued = at_ + 1 < text_.size() && !ends_word(text_[at_ + 1]);
  if (c == '-' && glued) {
    ++at_;
    return QueryToken{negate, "", ""};
  }
  QueryToken token;
  token.kind = term;
  const bool phrase = c == '"';
  if (!phrase) {
    // A key is letters and "-" up to a colon.
    auto colon = at_;
    while (colon < text_.size() &&
           (is_alpha(text_[colon]) || text_[colon] == '-')) {
      ++colon;
    }
    if (colon > at_ && colon < text_.size() && text_[colon] == ':') {
      token.key = lower(text_.substr(at_, colon - at_));
      at_ = colon + 1;
    }
  }
  const bool raw =
      token.key == "raw" && at_ < text_.size() && text_[at_] == '(';
  auto read = raw ? parenthesised() : value();
  if (!read) return std::move(read).error();
  token.value = *std::move(read);
  if (token.key.empty() && !phrase) {
    if (iequals(token.value, "or")) return QueryToken{join_or, "", ""};
    if (iequals(token.value, "and")) return QueryToken{join_and, "", ""};
    if (iequals(token.value, "not")) return QueryToken{negate, "", ""};
  }
  return token;
}

}  // namespace mailtool::app
