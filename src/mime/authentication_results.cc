#include "mailtool/mime/authentication_results.h"

#include <algorithm>

#include "header_text.h"
#include "lexer.h"
#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

// RFC 8617 section 4.2.1.
constexpr std::uint64_t kMaxInstance = 50;

std::string safe(std::string_view text) {
  std::string kept;
  append_unfolded(text, kept);
  raw_to_text(kept, 0);
  return kept;
}

// authres-payload = [CFWS] authserv-id [ CFWS authres-version ]
//                   ( no-result / 1*resinfo ) [CFWS] CRLF
class ResultsReader {
 public:
  explicit ResultsReader(std::string_view value) : lexer_(value) {}

  AuthenticationResults read() {
    read_instance();
    read_server();
    while (skip() && !lexer_.at_end()) {
      if (lexer_.peek() == ';') {
        lexer_.take();
        continue;
      }
      read_method();
    }
    if (lexer_.had_open_comment()) results_.malformed = true;
    return std::move(results_);
  }

 private:
  bool skip() {
    lexer_.skip_white_space_and_comments();
    return true;
  }

  // Keyword, and what servers write as one.
  std::string_view word() {
    static constexpr OctetSet kStops(" \t\r\n;=(/\"");
    return lexer_.take_until(kStops);
  }

  // value = token / quoted-string, or an address as it stands.
  std::string value() {
    static constexpr OctetSet kStops(" \t\r\n;(\"");
    skip();
    std::string text;
    if (lexer_.peek_or_nul() == '"') {
      if (!lexer_.take_quoted_string(text)) results_.malformed = true;
    } else {
      text = lexer_.take_until(kStops);
    }
    // A quoted local part goes on behind its quotes.
    if (lexer_.peek_or_nul() == '@') text += lexer_.take_until(kStops);
    return safe(text);
  }

  bool take(char c) {
    skip();
    if (lexer_.peek_or_nul() != c) return false;
    lexer_.take();
    return true;
  }

  // instance = [CFWS] "i" [CFWS] "=" [CFWS] 1*2DIGIT: RFC 8617 section 4.2.1
  void read_instance() {
    skip();
    const auto begin = lexer_.position();
    if (iequals(word(), "i") && take('=')) {
      const auto number = parse_number(value(), kMaxInstance);
      if (number && *number > 0) {
        results_.instance = static_cast<unsigned>(*number);
      }
      if (!take(';') || !results_.instance) results_.malformed = true;
      return;
    }
    lexer_.rewind(begin);
  }

  // Some servers leave out who they are.
  void read_server() {
    skip();
    const auto begin = lexer_.position();
    word();
    if (take('=')) {
      results_.malformed = true;
      lexer_.rewind(begin);
      return;
    }
    lexer_.rewind(begin);
    results_.authserv_id = value();
    if (results_.authserv_id.empty()) results_.malformed = true;
    skip();
    const auto version = parse_number(word(), 999);
    if (version) results_.version = static_cast<unsigned>(*version);
    if (!skip() || (!lexer_.at_end() && lexer_.peek() != ';')) {
      results_.malformed = true;
    }
  }

  // methodspec = [CFWS] method [CFWS] "=" [CFWS] result
  // method = Keyword [ [CFWS] "/" [CFWS] method-version ]
  void read_method() {
    AuthenticationMethod method;
    method.method = lower(safe(word()));
    if (take('/')) {
      skip();
      const auto version = parse_number(word(), 999);
      if (version) method.version = static_cast<unsigned>(*version);
    }
    if (!take('=')) {
      // no-result = [CFWS] ";" [CFWS] "none"
      if (method.method != "none") results_.malformed = true;
      if (method.method.empty() && !lexer_.at_end()) lexer_.take();
      return;
    }
    method.result = lower(value());
    lexer_.skip_white_space_and_comments(&method.comment);
    method.comment = safe(method.comment);
    while (skip() && !lexer_.at_end() && lexer_.peek() != ';') {
      read_property(method);
    }
    if (method.method.empty() || method.result.empty()) {
      results_.malformed = true;
    }
    if (results_.methods.size() >= kMaxAuthenticationMethods) {
      results_.malformed = true;
      return;
    }
    results_.methods.push_back(std::move(method));
  }

  // reasonspec = "reason" [CFWS] "=" [CFWS] value
  // propspec = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue
  void read_property(AuthenticationMethod& method) {
    static constexpr OctetSet kStops(" \t\r\n;=(.\"");
    AuthenticationProperty property;
    property.name = lower(safe(lexer_.take_until(kStops)));
    if (take('.')) {
      skip();
      property.type = std::move(property.name);
      static constexpr OctetSet kNameStops(" \t\r\n;=(\"");
      property.name = lower(safe(lexer_.take_until(kNameStops)));
    }
    if (!take('=')) {
      results_.malformed = true;
      const bool stuck = property.name.empty() && property.type.empty();
      if (stuck && !lexer_.at_end() && lexer_.peek() != ';') lexer_.take();
      return;
    }
    property.value = value();
    if (property.type.empty() && property.name == "reason") {
      method.reason = std::move(property.value);
      return;
    }
    // "action=none" has no type.
    if (property.type.empty() ||
        method.properties.size() >= kMaxAuthenticationProperties) {
      results_.malformed = true;
    }
    if (method.properties.size() < kMaxAuthenticationProperties) {
      method.properties.push_back(std::move(property));
    }
  }

  Lexer lexer_;
  AuthenticationResults results_;
};

}  // namespace

const std::string* AuthenticationMethod::find(std::string_view type,
                                              std::string_view name) const {
  const auto found = std::find_if(
      properties.begin(), properties.end(),
      [&](const auto& p) { return p.type == type && p.name == name; });
  return found == properties.end() ? nullptr : &found->value;
}

AuthenticationResults parse_authentication_results(std::string_view value) {
  return ResultsReader(value).read();
}

}  // namespace mailtool::mime
