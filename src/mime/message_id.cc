#include "mailtool/mime/message_id.h"

#include "lexer.h"
#include "mailtool/base/ascii.h"

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

std::string without_white_space(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (!is_blank(c) && !is_control(c)) kept += c;
  }
  return kept;
}

}  // namespace

std::string make_message_id(std::string_view token, std::string_view host) {
  const auto left = only_id_characters(token);
  auto right = only_id_characters(host);
  if (right.empty()) right = "localhost";
  return "<" + left + "@" + right + ">";
}

// msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]
std::vector<std::string> parse_message_ids(std::string_view value,
                                           std::size_t max) {
  std::vector<std::string> ids;
  std::string loose;
  Lexer lexer(value);
  while (ids.size() < max) {
    lexer.skip_white_space_and_comments();
    if (lexer.at_end()) break;
    if (lexer.peek() != '<') {
      const auto word = lexer.take_until(" \t\r\n<(");
      if (loose.empty()) loose = without_white_space(word);
      continue;
    }
    lexer.take();
    auto id = without_white_space(lexer.take_until("><"));
    if (!lexer.at_end() && lexer.peek() == '>') lexer.take();
    if (!id.empty()) ids.push_back(std::move(id));
  }
  if (ids.empty() && !loose.empty() && max > 0) ids.push_back(std::move(loose));
  return ids;
}

void parse_message_ids(std::string_view value, std::vector<std::string>& into,
                       DefectSet*, std::size_t max) {
  into = parse_message_ids(value, max);
}

}  // namespace mailtool::mime
