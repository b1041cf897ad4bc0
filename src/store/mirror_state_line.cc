#include "store/mirror_state_line.h"

#include "mailtool/base/ascii.h"

namespace mailtool::store {
namespace {

constexpr std::string_view kMagic = "mailtool-mirror";
constexpr std::string_view kHex = "0123456789ABCDEF";

std::string encoded(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c > ' ' && c < '\x7f' && c != '%') {
      word += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    word += '%';
    word += kHex[octet >> 4];
    word += kHex[octet & 15];
  }
  return word.empty() ? "%" : word;
}

std::optional<std::string> decoded(std::string_view word) {
  std::string text;
  if (word == "%") return text;
  while (!word.empty()) {
    if (word[0] != '%') {
      text += word[0];
      word.remove_prefix(1);
      continue;
    }
    if (word.size() < 3) return std::nullopt;
    const auto high = kHex.find(word[1]);
    const auto low = kHex.find(word[2]);
    if (high == kHex.npos || low == kHex.npos) return std::nullopt;
    text += static_cast<char>(high * 16 + low);
    word.remove_prefix(3);
  }
  return text;
}

}  // namespace

std::string title_line(const MirrorTitle& title) {
  return std::string(kMagic) + " 1 " + std::to_string(title.uidvalidity) + " " +
         encoded(title.owner) + " " + encoded(title.folder);
}

std::optional<MirrorTitle> parse_title_line(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() != 5 || words[0] != kMagic || words[1] != "1") {
    return std::nullopt;
  }
  const auto uidvalidity = parse_number(words[2], UINT32_MAX);
  auto owner = decoded(words[3]);
  auto folder = decoded(words[4]);
  if (!uidvalidity || !owner || !folder) return std::nullopt;
  return MirrorTitle{static_cast<std::uint32_t>(*uidvalidity),
                     *std::move(owner), *std::move(folder)};
}

std::string point_line(const MirrorPoint& point) {
  return "=" + std::to_string(point.uidnext) + " " +
         std::to_string(point.modseq) + " " + std::to_string(point.messages) +
         " " + std::to_string(point.gone) + " " +
         (point.missing.empty() ? "-" : point.missing);
}

std::optional<MirrorPoint> parse_point_line(std::string_view line) {
  if (!line.starts_with('=')) return std::nullopt;
  const auto words = split(line.substr(1), ' ');
  if (words.size() != 5 || words[4].empty()) return std::nullopt;
  const auto uidnext = parse_number(words[0], UINT32_MAX);
  const auto modseq = parse_number(words[1]);
  const auto messages = parse_number(words[2]);
  const auto gone = parse_number(words[3]);
  if (!uidnext || *uidnext == 0 || !modseq || !messages || !gone) {
    return std::nullopt;
  }
  return MirrorPoint{static_cast<std::uint32_t>(*uidnext), *modseq, *messages,
                     *gone, words[4] == "-" ? "" : std::string(words[4])};
}

}  // namespace mailtool::store
