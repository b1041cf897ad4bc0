#include "address_tokens.h"

#include "encoded_word_syntax.h"

namespace mailtool::mime {
namespace {

using Kind = AddressToken::Kind;

// domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]
bool take_literal(Lexer& lexer, std::string& to) {
  static constexpr OctetSet kStops("],<>");
  for (const char c : lexer.take_until(kStops)) {
    if (!is_white_space(c)) to += c;
  }
  if (lexer.peek_or_nul() != ']') return false;
  to += lexer.take();
  return true;
}

bool take_encoded_word(Lexer& lexer, std::string& to) {
  if (!lexer.rest().starts_with("=?")) return false;
  const auto word = read_encoded_word(lexer.rest());
  if (!word) return false;
  for (const char c : word->text) {
    if (is_white_space(c)) return false;
  }
  to += lexer.rest().substr(0, word->length);
  lexer.rewind(lexer.position() + word->length);
  return true;
}

// The text of one token, appended to `to`, and its kind.
bool take_text(Lexer& lexer, bool in_phrase, std::string& to, Kind& kind) {
  static constexpr OctetSet kStops(" \t\r\n()<>[]:;@\\,.\"");
  kind = Kind::word;
  switch (lexer.peek()) {
    case '"': kind = Kind::quoted; return lexer.take_quoted_string(to);
    case '.': kind = Kind::dot; to += lexer.take(); return true;
    case '@': kind = Kind::at; to += lexer.take(); return true;
    case '[': kind = Kind::literal; return take_literal(lexer, to);
    case ')':
    case '>':
    case ']':
    case '\\': to += lexer.take(); return false;
    default: break;
  }
  if (in_phrase && take_encoded_word(lexer, to)) return true;
  to += lexer.take_until(kStops);
  return true;
}

}  // namespace

void AddressTokens::shrink() {
  constexpr std::size_t kKept = 4096;
  if (tokens.capacity() > kKept) tokens = {};
  if (text.capacity() > kKept * 16) text = {};
}

bool take_address_token(Lexer& lexer, bool in_phrase, bool spaced,
                        AddressTokens& to) {
  AddressToken token;
  token.spaced = spaced;
  token.begin = static_cast<std::uint32_t>(to.text.size());
  const bool legal = take_text(lexer, in_phrase, to.text, token.kind);
  token.length = static_cast<std::uint32_t>(to.text.size()) - token.begin;
  if (to.tokens.size() >= kMaxAddressTokens) {
    to.text.resize(token.begin);
    return false;
  }
  to.tokens.push_back(token);
  return legal;
}

}  // namespace mailtool::mime
