#include "support/dialogue.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "mailtool/base/ascii.h"

namespace mailtool::test {
namespace {

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char low = to_lower(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// "\x1b" is one octet, as printable() writes it; any other backslash is itself.
std::string unescape(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x' &&
        hex_digit(text[i + 2]) >= 0 && hex_digit(text[i + 3]) >= 0) {
      octets += static_cast<char>(hex_digit(text[i + 2]) * 16 +
                                  hex_digit(text[i + 3]));
      i += 3;
    } else {
      octets += text[i];
    }
  }
  return octets;
}

Step parse_step(std::string_view text, int line) {
  using enum Step::Kind;
  if (text == "<TLS negotiation>") return {tls, "", line};
  if (text == "<TLS fails>") return {tls_fails, "", line};
  if (text == "<server closes>") return {server_closes, "", line};
  if (text == "<server stalls>") return {server_stalls, "", line};
  // "S:" alone is an empty line, with or without the blank after the colon.
  const auto rest = [&] {
    return unescape(text.substr(text.size() > 2 && text[2] == ' ' ? 3 : 2));
  };
  if (text.starts_with("S:")) return {server, rest() + "\r\n", line};
  if (text.starts_with("C:")) return {client, rest() + "\r\n", line};
  if (text.starts_with("S-")) return {server, rest(), line};
  if (text.starts_with("C-")) return {client, rest(), line};
  throw std::runtime_error("dialogue line " + std::to_string(line) +
                           ": neither S:, C:, S-, C-, <event> nor # comment");
}

}  // namespace

Dialogue parse_dialogue(std::string_view text) {
  Dialogue dialogue;
  int number = 0;
  for (auto line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    dialogue.push_back(parse_step(line, number));
  }
  return dialogue;
}

Dialogue load_dialogue(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot open " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  return parse_dialogue(text.str());
}

}  // namespace mailtool::test
