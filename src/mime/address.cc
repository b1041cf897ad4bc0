#include "mailtool/mime/address.h"

#include <algorithm>
#include <utility>

#include "address_tokens.h"
#include "address_writer.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/raw_address_list.h"

namespace mailtool::mime {
namespace {

using enum DefectRule;
using Kind = AddressToken::Kind;
using At = const AddressToken*;

// A list that is longer is hostile; offsets into it have 32 bits.
constexpr std::size_t kMaxOctets = 1'000'000'000;

// One pass over the list. Tokens pile up until a special character tells what
// they were: a display name before "<", a group's name before ":", an address
// before "," or the end.
class ListReader {
 public:
  ListReader(std::string_view value, AddressTokens& tokens, AddressList& into,
             Names names)
      : lexer_(value),
        tokens_(tokens),
        list_(into),
        writer_(tokens, into, names) {}

  void read() {
    while (next()) {
    }
    flush_bare();
    if (in_group_ || lexer_.had_open_comment()) malformed();
    end_group();
  }

 private:
  // Takes one token or special. False at the end.
  bool next() {
    std::string& comment = writer_.comment_to_read();
    comment.clear();
    const bool spaced = lexer_.skip_white_space_and_comments(&comment);
    if (!comment.empty()) take_comment();
    if (lexer_.at_end()) return false;
    if (list_.mailboxes.size() + list_.groups.size() >= kMaxAddresses) {
      malformed();
      return false;
    }
    switch (lexer_.peek()) {
      case ',': take_comma(); return true;
      case ';': take_semicolon(); return true;
      case ':': take_colon(); return true;
      case '<': take_angle(); return true;
      default: take_token(true, spaced); return true;
    }
  }

  void malformed() { list_.defects.add(malformed_address); }

  void take_token(bool in_phrase, bool spaced) {
    // An address in brackets ends with its bracket.
    if (in_phrase && std::exchange(after_angle_, false)) {
      malformed();
      behind_angle_ = true;
    }
    if (!take_address_token(lexer_, in_phrase, spaced, tokens_)) malformed();
    if (in_phrase && !tokens_.tokens.empty() &&
        tokens_.tokens.back().kind == Kind::at) {
      has_at_ = true;
    }
  }

  At begin() const { return tokens_.tokens.data(); }
  At end() const { return begin() + tokens_.tokens.size(); }

  void forget_tokens() {
    tokens_.clear();
    has_at_ = behind_angle_ = false;
  }

  // A comment names the address it follows, or the one it stands in.
  void take_comment() {
    if (tokens_.tokens.empty() && nameless_) {
      writer_.name_last_by_comment();
      nameless_ = false;
    } else {
      writer_.keep_comment();
    }
  }

  void take_comma() {
    nameless_ = after_angle_ = false;
    if (tokens_.tokens.empty() || has_at_ || is_plain_local()) {
      lexer_.take();
      flush_bare();
      return;  // obs-addr-list allows empty elements
    }
    // "Doe, John <j@x>": what comes next will tell.
    lexer_.take();
    AddressToken comma{Kind::comma, false,
                       static_cast<std::uint32_t>(tokens_.text.size()), 1};
    if (tokens_.tokens.size() >= kMaxAddressTokens) return malformed();
    tokens_.text += ',';
    tokens_.tokens.push_back(comma);
  }

  void take_semicolon() {
    lexer_.take();
    flush_bare();
    if (!in_group_) malformed();
    end_group();
    after_angle_ = false;
  }

  // group = display-name ":" [group-list] ";"
  void take_colon() {
    lexer_.take();
    after_angle_ = nameless_ = false;
    if (tokens_.tokens.size() == 1 &&
        iequals(tokens_.of(tokens_.tokens[0]), "mailto")) {
      forget_tokens();
      return malformed();
    }
    if (in_group_) {
      malformed();
      end_group();
    }
    in_group_ = true;
    writer_.add_group(begin(), end());
    forget_tokens();
  }

  void end_group() {
    if (in_group_) list_.groups.back().end = list_.mailboxes.size();
    in_group_ = false;
  }

  // angle-addr = "<" [obs-route] addr-spec ">"; a missing ">" is supplied
  // before a separator or another "<". What stands before is a name, always:
  // "From: a@bank <b@evil>".
  void take_angle() {
    if (std::exchange(after_angle_, false)) malformed();
    lexer_.take();
    const auto name_end = tokens_.tokens.size();
    auto inside = name_end;
    bool route = false;
    for (;;) {
      auto& comment = writer_.comment_to_read();
      comment.clear();
      const bool spaced = lexer_.skip_white_space_and_comments(&comment);
      if (!comment.empty()) writer_.keep_comment();
      const char c = lexer_.peek_or_nul();
      if (lexer_.at_end() || c == ';' || c == '<' || (c == ',' && !route)) {
        malformed();
        break;
      }
      if (c == '>') {
        lexer_.take();
        break;
      }
      route = route || (inside == tokens_.tokens.size() && c == '@');
      if (c == ':' || c == ',') {
        lexer_.take();
        if (c == ',') continue;
        // obs-route = obs-domain-list ":"
        if (!route) malformed();
        inside = tokens_.tokens.size();
        route = false;
        continue;
      }
      take_token(false, spaced);
    }
    finish_angle(name_end, inside);
  }

  void finish_angle(std::size_t name_end, std::size_t inside) {
    const At name = begin();
    const At first = name + inside;
    const bool stray = std::any_of(name, name + name_end, [](const auto& t) {
      return t.kind == Kind::at || t.kind == Kind::comma;
    });
    if (stray) malformed();
    At at = end();
    while (at != first && (at - 1)->kind != Kind::at) --at;
    const bool has_at = at != first;
    nameless_ = writer_.add({name, name + name_end},
                            {first, has_at ? at - 1 : end()}, {at, end()},
                            has_at) == Added::nameless;
    forget_tokens();
    after_angle_ = true;
  }

  // Addresses that stand without angle brackets: the tokens up to here.
  void flush_bare() {
    nameless_ = false;
    const At last = end();
    At at = begin();
    while (at != last) {
      const At comma = std::find_if(
          at, last, [](const auto& t) { return t.kind == Kind::comma; });
      flush_fragment(at, comma);
      at = comma == last ? last : comma + 1;
    }
    forget_tokens();
    writer_.forget_comment();
  }

  void flush_fragment(At begin, At end) {
    At rest = begin;
    bool found = false;
    for (At at = begin; at != end; ++at) {
      if (at->kind != Kind::at) continue;
      At local = at;
      while (local != rest && joins(local - 1, local, at)) --local;
      At domain_end = at + 1;
      while (domain_end != end && joins_domain(domain_end, at)) ++domain_end;
      if (local != rest || found) malformed();
      writer_.add({rest, local}, {local, at}, {at + 1, domain_end}, true);
      found = true;
      rest = domain_end;
      at = domain_end - 1;
    }
    if (rest == end) return;
    // "<a@x> Jr" names nobody by the name of Jr.
    if (!found && !behind_angle_ && is_dotted(rest, end)) {
      writer_.add({rest, rest}, {rest, end}, {end, end}, false);
    } else {
      malformed();
    }
  }

  // Whether `token`, before `next`, still belongs to the local part.
  static bool joins(At token, At next, At at) {
    const bool dot = token->kind == Kind::dot;
    const bool word = token->kind == Kind::word || token->kind == Kind::quoted;
    if (next == at) return dot || word;
    return dot || (word && next->kind == Kind::dot);
  }

  // Whether `token` still belongs to the domain that begins after `at`.
  static bool joins_domain(At token, At at) {
    if (token->kind == Kind::at) return false;
    if (token - 1 == at) return true;
    return (token - 1)->kind == Kind::dot || token->kind == Kind::dot;
  }

  // "root" or "john.doe": a local part without domain.
  static bool is_dotted(At begin, At end) {
    if (begin->kind != Kind::word && begin->kind != Kind::quoted) return false;
    for (At token = begin + 1; token != end; ++token) {
      if (!joins(token - 1, token, end)) return false;
    }
    return true;
  }

  // "root": in lower case and alone.
  bool is_plain_local() const {
    if (tokens_.tokens.size() != 1) return false;
    if (tokens_.tokens[0].kind != Kind::word) return false;
    const auto text = tokens_.of(tokens_.tokens[0]);
    return !text.starts_with("=?") &&
           std::none_of(text.begin(), text.end(), [](char c) {
             return c != to_lower(c) || is_8bit(c);
           });
  }

  Lexer lexer_;
  AddressTokens& tokens_;
  AddressList& list_;
  AddressWriter writer_;
  bool has_at_ = false;       // among tokens_
  bool nameless_ = false;     // the last mailbox may take its name of a comment
  bool after_angle_ = false;  // nothing but ">" and comments since an address
  bool behind_angle_ = false;  // tokens_ stand where nothing may
  bool in_group_ = false;
};

// Keeps the strings of a list for the next one, the first on top.
template <class T>
void set_aside(std::vector<T>& values, std::vector<T>& spare) {
  constexpr std::size_t kKept = 1000;
  if (values.size() + spare.size() > kKept) {
    values = {};
    spare = {};
  }
  for (auto value = values.rbegin(); value != values.rend(); ++value) {
    spare.push_back(std::move(*value));
  }
  values.clear();
}

void read_list(std::string_view value, AddressList& into, Names names) {
  static thread_local AddressTokens tokens;
  tokens.clear();
  set_aside(into.mailboxes, into.spare_mailboxes);
  set_aside(into.groups, into.spare_groups);
  into.defects = {};
  if (value.size() > kMaxOctets) into.defects.add(malformed_address);
  ListReader(value.substr(0, kMaxOctets), tokens, into, names).read();
  into.defective = into.defects.has(malformed_address);
  tokens.shrink();
}

}  // namespace

void parse_address_list(std::string_view value, AddressList& into) {
  read_list(value, into, Names::decoded);
}

AddressList parse_raw_address_list(std::string_view value) {
  AddressList list;
  read_list(value, list, Names::raw);
  return list;
}

AddressList parse_address_list(std::string_view value) {
  AddressList list;
  parse_address_list(value, list);
  return list;
}

}  // namespace mailtool::mime
