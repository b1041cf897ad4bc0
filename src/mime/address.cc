#include "mailtool/mime/address.h"

#include <algorithm>
#include <utility>

#include "atext.h"
#include "lexer.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/encoded_word.h"

namespace mailtool::mime {
namespace {

struct Token {
  enum class Kind { word, quoted, dot, at, literal, comma };
  Kind kind;
  std::string text;
  bool spaced = false;  // white space or a comment stands before it
};

using Tokens = std::vector<Token>;

// Tokens held until it is known what they are; more are skipped.
constexpr std::size_t kMaxTokens = 1'000'000;

// One pass over the list. Tokens pile up until a special character tells what
// they were: a display name before "<", a group's name before ":", an address
// before "," or the end.
class ListReader {
 public:
  explicit ListReader(std::string_view value) : lexer_(value) {}

  AddressList read() {
    while (next()) {
    }
    flush_bare();
    end_group();
    return std::move(list_);
  }

 private:
  // Takes one token or special. False at the end.
  bool next() {
    std::string comment;
    const auto before = lexer_.position();
    lexer_.skip_white_space_and_comments(&comment);
    const bool spaced = lexer_.position() != before;
    if (!comment.empty()) {
      take_comment(std::move(comment));
    }
    if (lexer_.at_end()) return false;
    if (list_.mailboxes.size() + list_.groups.size() >= kMaxAddresses) {
      list_.defective = true;
      return false;
    }
    switch (lexer_.peek()) {
      case ',': take_comma(); return true;
      case ';': take_semicolon(); return true;
      case ':': take_colon(); return true;
      case '<': take_angle(); return true;
      default: push(tokens_, take_token(spaced)); return true;
    }
  }

  void push(Tokens& to, Token token) {
    if (to.size() >= kMaxTokens) {
      list_.defective = true;
      return;
    }
    if (&to == &tokens_ && token.kind == Token::Kind::at) has_at_ = true;
    to.push_back(std::move(token));
  }

  Tokens take_tokens() {
    has_at_ = false;
    return std::exchange(tokens_, {});
  }

  // A comment names the address it follows, or the one it stands in.
  void take_comment(std::string comment) {
    if (tokens_.empty() && nameless_) {
      list_.mailboxes.back().name = decode_name(comment);
      nameless_ = false;
    } else {
      comment_ = std::move(comment);
    }
  }

  Token take_token(bool spaced) {
    const char c = lexer_.peek();
    if (c == '"') {
      bool closed = true;
      auto text = lexer_.take_quoted_string(&closed);
      if (!closed) list_.defective = true;
      return {Token::Kind::quoted, std::move(text), spaced};
    }
    if (c == '.' || c == '@') {
      lexer_.take();
      return {c == '.' ? Token::Kind::dot : Token::Kind::at, std::string(1, c),
              spaced};
    }
    if (c == '[') return take_literal(spaced);
    if (c == ')' || c == '>' || c == ']' || c == '\\') {
      list_.defective = true;
      return {Token::Kind::word, std::string(1, lexer_.take()), spaced};
    }
    return {Token::Kind::word,
            std::string(lexer_.take_until(" \t\r\n()<>[]:;@\\,.\"")), spaced};
  }

  // domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]
  Token take_literal(bool spaced) {
    std::string text;
    for (const char c : lexer_.take_until("],<>")) {
      if (!is_blank(c) && c != '\r' && c != '\n') text += c;
    }
    if (!lexer_.at_end() && lexer_.peek() == ']') {
      text += lexer_.take();
    } else {
      list_.defective = true;
    }
    return {Token::Kind::literal, std::move(text), spaced};
  }

  void take_comma() {
    lexer_.take();
    nameless_ = false;
    if (tokens_.empty()) return;  // obs-addr-list allows empty elements
    if (has_at_ || is_plain_local(tokens_)) return flush_bare();
    // "Doe, John <j@x>": what comes next will tell.
    push(tokens_, {Token::Kind::comma, ",", false});
  }

  void take_semicolon() {
    lexer_.take();
    flush_bare();
    if (!in_group_) list_.defective = true;
    end_group();
  }

  // group = display-name ":" [group-list] ";"
  void take_colon() {
    lexer_.take();
    const auto tokens = take_tokens();
    const auto name = name_of(tokens.begin(), tokens.end());
    comment_.clear();
    nameless_ = false;
    if (iequals(name, "mailto")) {
      list_.defective = true;
      return;
    }
    if (in_group_) {
      list_.defective = true;
      end_group();
    }
    in_group_ = true;
    const auto at = list_.mailboxes.size();
    list_.groups.push_back({name, at, at});
  }

  void end_group() {
    if (in_group_) list_.groups.back().end = list_.mailboxes.size();
    in_group_ = false;
  }

  // angle-addr = "<" [obs-route] addr-spec ">"; a missing ">" is supplied
  // before a separator or another "<".
  void take_angle() {
    lexer_.take();
    Tokens inside;
    bool route = false;
    for (;;) {
      const auto before = lexer_.position();
      lexer_.skip_white_space_and_comments();
      if (lexer_.at_end()) {
        list_.defective = true;
        break;
      }
      const char c = lexer_.peek();
      if (c == '>') {
        lexer_.take();
        break;
      }
      route = route || (inside.empty() && c == '@');
      if (c == ':' || (c == ',' && route)) {
        lexer_.take();
        if (c == ':') {
          inside.clear();
          list_.defective = list_.defective || !route;
          route = false;
        }
        continue;
      }
      if (c == ',' || c == ';' || c == '<') {
        list_.defective = true;
        break;
      }
      const bool spaced = lexer_.position() != before;
      push(inside, take_token(spaced));
    }
    finish_angle(inside);
  }

  void finish_angle(const Tokens& inside) {
    // "From: a@bank <b@evil>": what stands before "<" is a name, always.
    const auto tokens = take_tokens();
    for (const auto& token : tokens) {
      if (token.kind == Token::Kind::at || token.kind == Token::Kind::comma) {
        list_.defective = true;
      }
    }
    auto name = name_of(tokens.begin(), tokens.end());
    if (name.empty()) name = decode_name(std::exchange(comment_, {}));
    comment_.clear();
    auto at = inside.end();
    while (at != inside.begin() && std::prev(at)->kind != Token::Kind::at) --at;
    const bool has_at = at != inside.begin();
    const auto local_end = has_at ? std::prev(at) : inside.end();
    const bool nameless = name.empty();
    nameless_ = add(std::move(name), local_part(inside.begin(), local_end),
                    has_at ? domain(at, inside.end()) : std::string(), has_at) &&
                nameless;
  }

  // Addresses that stand without angle brackets: the tokens up to here.
  void flush_bare() {
    nameless_ = false;
    const auto tokens = take_tokens();
    auto begin = tokens.begin();
    while (begin != tokens.end()) {
      const auto end = std::find_if(begin, tokens.end(), [](const Token& t) {
        return t.kind == Token::Kind::comma;
      });
      flush_fragment(begin, end);
      begin = end == tokens.end() ? end : std::next(end);
    }
    comment_.clear();
  }

  using At = Tokens::const_iterator;

  void flush_fragment(At begin, At end) {
    auto rest = begin;
    bool found = false;
    for (auto at = begin; at != end; ++at) {
      if (at->kind != Token::Kind::at) continue;
      auto local = at;
      while (local != rest && joins(std::prev(local), local, at)) --local;
      auto domain_end = std::next(at);
      while (domain_end != end && joins_domain(domain_end, at)) ++domain_end;
      auto name = name_of(rest, local);
      if (!name.empty() || found) list_.defective = true;
      if (name.empty()) name = decode_name(std::exchange(comment_, {}));
      add(std::move(name), local_part(local, at),
          domain(std::next(at), domain_end), true);
      found = true;
      rest = domain_end;
      at = std::prev(domain_end);
    }
    if (rest == end) return;
    if (!found && is_dotted(rest, end)) {
      add(decode_name(std::exchange(comment_, {})), local_part(rest, end), {},
          false);
    } else {
      list_.defective = true;
    }
  }

  // Whether `token`, before `next`, still belongs to the local part.
  static bool joins(At token, At next, At at) {
    const bool dot = token->kind == Token::Kind::dot;
    const bool word = token->kind == Token::Kind::word ||
                      token->kind == Token::Kind::quoted;
    if (next == at) return dot || word;
    return dot || (word && next->kind == Token::Kind::dot);
  }

  // Whether `token` still belongs to the domain that begins after `at`.
  static bool joins_domain(At token, At at) {
    if (token->kind == Token::Kind::at) return false;
    if (std::prev(token) == at) return true;
    const bool after_dot = std::prev(token)->kind == Token::Kind::dot;
    return after_dot || token->kind == Token::Kind::dot;
  }

  // "root" or "john.doe": a local part without domain.
  static bool is_dotted(At begin, At end) {
    const auto kind = begin->kind;
    if (kind != Token::Kind::word && kind != Token::Kind::quoted) return false;
    for (auto token = std::next(begin); token != end; ++token) {
      if (!joins(std::prev(token), token, end)) return false;
    }
    return true;
  }

  // "root": in lower case and alone.
  static bool is_plain_local(const Tokens& tokens) {
    if (tokens.size() != 1 || tokens[0].kind != Token::Kind::word) return false;
    return std::none_of(tokens[0].text.begin(), tokens[0].text.end(),
                        [](char c) { return c != to_lower(c) || is_8bit(c); });
  }

  static std::string local_part(At begin, At end) {
    std::string text;
    for (auto token = begin; token != end; ++token) text += token->text;
    if (begin == end) return {};
    return is_dot_atom(text) ? text : quoted(text);
  }

  static std::string domain(At begin, At end) {
    std::string text;
    for (auto token = begin; token != end; ++token) text += token->text;
    return text;
  }

  // phrase, with the white space it was written with, then decoded.
  static std::string name_of(At begin, At end) {
    std::string phrase;
    for (auto token = begin; token != end; ++token) {
      if (token->spaced && !phrase.empty()) phrase += ' ';
      phrase += token->text;
    }
    return decode_name(phrase);
  }

  static std::string decode_name(std::string_view phrase) {
    const auto name = decode_encoded_words(phrase);
    return std::string(trim(name));
  }

  // A domain literal, or atoms and dots in any order.
  static bool can_be_domain(std::string_view host) {
    if (host.starts_with('[')) return host.find(']') == host.size() - 1;
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return is_atext(c) || c == '.'; });
  }

  bool add(std::string name, const std::string& local, const std::string& host,
           bool has_at) {
    if (list_.mailboxes.size() >= kMaxAddresses) {
      list_.defective = true;
      return false;
    }
    auto address = local;
    if (has_at) address += "@" + host;
    const bool bad = local.empty() || (has_at && host.empty()) ||
                     std::any_of(address.begin(), address.end(), is_control) ||
                     (has_at && !can_be_domain(host));
    if (bad) {
      list_.defective = true;
      return false;
    }
    if (!is_valid_utf8(address)) {
      list_.defective = true;
      address = undeclared_to_utf8(address);
    }
    list_.mailboxes.push_back({std::move(name), std::move(address)});
    return true;
  }

  Lexer lexer_;
  AddressList list_;
  Tokens tokens_;
  bool has_at_ = false;    // among tokens_
  std::string comment_;    // the last one since the last mailbox
  bool nameless_ = false;  // the last mailbox may take its name of a comment
  bool in_group_ = false;
};

}  // namespace

AddressList parse_address_list(std::string_view value) {
  return ListReader(value).read();
}

void parse_address_list(std::string_view value, AddressList& into) {
  into = parse_address_list(value);
}

}  // namespace mailtool::mime
