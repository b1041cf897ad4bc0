// The tokens of an address list: RFC 5322 section 3.4, with what is between
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lexer.h"

namespace mailtool::mime {

struct AddressToken {
  enum class Kind : std::uint8_t { word, quoted, dot, at, literal, comma };
  Kind kind = Kind::word;
  bool spaced = false;  // white space or a comment stands before it
  std::uint32_t begin = 0;  // of its text, in AddressTokens::text
  std::uint32_t length = 0;
};

// Tokens that wait until it is known what they are. Kept from list to list, so
// that reading costs no allocation.
struct AddressTokens {
  std::vector<AddressToken> tokens;
  std::string text;

  [[nodiscard]] std::string_view of(const AddressToken& token) const {
    return std::string_view(text).substr(token.begin, token.length);
  }
  void clear() {
    tokens.clear();
    text.clear();
  }
  // Gives back what a hostile field has taken.
  void shrink();
};

// Tokens held at a time; more are skipped.
inline constexpr std::size_t kMaxAddressTokens = 1'000'000;

// Takes one token and appends it to `to`; \pre the lexer is not at its end, nor
// at one of ",;:<(" or white space. In a phrase an encoded word is one token,
// whatever it is made of, as long as no blank is in it. False when the token is
// not as the syntax has it.
bool take_address_token(Lexer& lexer, bool in_phrase, bool spaced,
                        AddressTokens& to);

}  // namespace mailtool::mime
