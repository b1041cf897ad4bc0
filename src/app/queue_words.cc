#include "app/queue_words.h"

#include <array>
#include <utility>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kMark = "server said: ";
constexpr std::size_t kLongestWord = 900;

// The end of the word that begins at `text`, at a character border if cut.
std::size_t word_octets(std::string_view text) {
  auto end = text.find(' ');
  if (end == text.npos) end = text.size();
  if (end <= kLongestWord) return end;
  end = kLongestWord;
  for (int i = 0; i < 3 && (text[end] & 0xc0) == 0x80; ++i) --end;
  return end;
}

}  // namespace

std::string_view server_words(std::string_view said) {
  const auto at = said.find(kMark);
  if (at == said.npos) return {};
  return trim(said.substr(at + kMark.size()));
}

std::string_view own_words(std::string_view said) {
  const auto at = said.find(kMark);
  if (at == said.npos) return trim(said);
  auto own = trim(said.substr(0, at));
  if (own.ends_with(':')) own.remove_suffix(1);
  return own;
}

std::string span_text(std::int64_t seconds) {
  using Unit = std::pair<std::int64_t, std::string_view>;
  constexpr std::array<Unit, 4> kUnits{
      {{86'400, "day"}, {3'600, "hour"}, {60, "minute"}, {1, "second"}}};
  if (seconds <= 0) return "0 seconds";
  for (const auto& [length, name] : kUnits) {
    const auto count = seconds / length;
    if (count == 0) continue;
    return std::to_string(count) + " " + std::string(name) +
           (count == 1 ? "" : "s");
  }
  return "0 seconds";
}

std::string wrapped(std::string_view text, std::size_t indent,
                    std::size_t columns) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const auto octets = word_octets(text);
    if (column != 0 && column + 1 + octets > columns) {
      out += "\r\n";
      column = 0;
    }
    if (column == 0) {
      out.append(indent, ' ');
      column = indent;
    } else {
      out += ' ';
      ++column;
    }
    out += text.substr(0, octets);
    column += octets;
    text.remove_prefix(octets);
  }
  if (!out.empty()) out += "\r\n";
  return out;
}

}  // namespace mailtool::app
