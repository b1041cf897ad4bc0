#include "mailtool/mime/message_id.h"

#include "lexer.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"

namespace mailtool::mime {
namespace {

// atext, "." and what a domain literal needs.
bool is_id_character(char c) {
  return is_alpha(c) || is_digit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string::npos;
}

std::string only_id_characters(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (is_id_character(c)) kept += c;
  }
  return kept;
}

// Appends `text` without controls, and without blanks outside of quotes.
// True when nothing was left out but folds.
bool append_squeezed(std::string_view text, std::string& to) {
  bool whole = true;
  bool inside = false;
  bool pair = false;
  for (const char c : text) {
    const bool kept = !is_control(c) && (inside || !is_blank(c));
    whole = whole && (kept || c == '\r' || c == '\n');
    if (kept) to += c;
    if (c == '"' && !pair) inside = !inside;
    pair = c == '\\' && !pair && inside;
  }
  return whole;
}

// id-left "@" id-right
bool is_identifier(std::string_view id) {
  const auto at = id.rfind('@');
  return at != id.npos && at > 0 && at + 1 < id.size();
}

class IdentifierReader {
 public:
  IdentifierReader(std::string_view value, std::vector<std::string>& into,
                   std::size_t max)
      : lexer_(value), into_(into), max_(max) {}

  // False when something was out of place.
  bool read() {
    for (;;) {
      lexer_.skip_white_space_and_comments();
      if (lexer_.at_end() || count_ == max_) break;
      if (lexer_.peek() == '<') {
        read_bracketed();
      } else {
        read_loose();
      }
    }
    if (count_ == 0 && !loose_.empty() && max_ > 0) next() = std::move(loose_);
    into_.resize(count_);
    return legal_ && !lexer_.had_open_comment();
  }

 private:
  // The octets up to an angle bracket that no quotes protect. A quote that
  // nothing closes protects nothing, nor do any that follow.
  std::string_view take_identifier() {
    static constexpr OctetSet kStops("<>\"");
    static constexpr OctetSet kBrackets("<>");
    const auto begin = lexer_.position();
    for (;;) {
      lexer_.take_until(open_quote_ ? kBrackets : kStops);
      if (lexer_.peek_or_nul() != '"') break;
      const auto quote = lexer_.position();
      std::string ignored;
      if (lexer_.take_quoted_string(ignored)) continue;
      open_quote_ = true;
      legal_ = false;
      lexer_.rewind(quote);
    }
    return lexer_.between(begin, lexer_.position());
  }

  // The next string of `into`, with the storage that it has.
  std::string& next() {
    if (count_ == into_.size()) into_.emplace_back();
    auto& id = into_[count_++];
    id.clear();
    return id;
  }

  // msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]
  void read_bracketed() {
    lexer_.take();
    auto& id = next();
    const bool whole = append_squeezed(take_identifier(), id);
    const bool closed = lexer_.peek_or_nul() == '>';
    if (closed) lexer_.take();
    legal_ = legal_ && whole && closed && is_identifier(id);
    if (!is_valid_utf8(id)) id = undeclared_to_utf8(id);
    if (id.empty()) --count_;
  }

  void read_loose() {
    static constexpr OctetSet kStops(" \t\r\n<(,");
    legal_ = false;
    const auto word = lexer_.take_until(kStops);
    if (lexer_.peek_or_nul() == ',') lexer_.take();
    if (!loose_.empty()) return;
    append_squeezed(word, loose_);
    while (loose_.ends_with('>')) loose_.pop_back();
    if (!is_valid_utf8(loose_)) loose_ = undeclared_to_utf8(loose_);
  }

  Lexer lexer_;
  std::vector<std::string>& into_;
  std::size_t max_;
  std::size_t count_ = 0;
  std::string loose_;  // the first word without brackets
  bool legal_ = true;
  bool open_quote_ = false;
};

}  // namespace

std::string make_message_id(std::string_view token, std::string_view host) {
  const auto left = only_id_characters(token);
  auto right = only_id_characters(host);
  if (right.empty()) right = "localhost";
  return "<" + left + "@" + right + ">";
}

void parse_message_ids(std::string_view value, std::vector<std::string>& into,
                       DefectSet* defects, std::size_t max) {
  const bool legal = IdentifierReader(value, into, max).read();
  if (!legal && defects != nullptr) {
    defects->add(DefectRule::malformed_message_id);
  }
}

std::vector<std::string> parse_message_ids(std::string_view value,
                                           std::size_t max) {
  std::vector<std::string> ids;
  parse_message_ids(value, ids, nullptr, max);
  return ids;
}

}  // namespace mailtool::mime
