// uuencode: POSIX.1-2017, Shell and Utilities, uuencode.
#include "mailtool/mime/uuencode.h"

#include <algorithm>
#include <array>

#include "embedded_name.h"
#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

constexpr std::string_view kEnd = "end";
constexpr std::string_view kBase64End = "====";
// A file is believed in when no line of its data is longer than encoders make
// it, a checksum and blanks included.
constexpr std::size_t kMaxUsualCount = 45;
constexpr std::size_t kMaxTrailing = 4;

bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_uu_character(char c) { return c >= ' ' && c <= '`'; }
std::uint32_t uu_value(char c) {
  return static_cast<std::uint32_t>(c - ' ') & 63;
}

std::string_view without_blanks_behind(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

constexpr std::size_t characters_for(std::size_t octets) {
  return (octets + 2) / 3 * 4;
}

// Whether `line` is uuencode: a count, then nothing outside the alphabet where
// data stand.
bool is_uu_line(std::string_view line) {
  if (line.empty() || !is_uu_character(line.front())) return false;
  const auto data = line.substr(1, characters_for(uu_value(line.front())));
  // No early end: without branches a line takes a third of the time.
  bool valid = true;
  for (const char c : data) valid &= is_uu_character(c);
  return valid;
}

// What is missing at the end of `line` are blanks, which are zero.
void decode_line(std::string_view line, std::string& out) {
  constexpr std::size_t kMaxCount = 63;
  const auto count = static_cast<std::size_t>(uu_value(line.front()));
  auto data = line.substr(1, characters_for(count));
  std::array<char, characters_for(kMaxCount)> filled;
  if (data.size() < characters_for(count)) {
    filled.fill(' ');
    std::copy(data.begin(), data.end(), filled.begin());
    data = {filled.data(), characters_for(count)};
  }
  std::array<char, kMaxCount> octets;
  for (std::size_t i = 0, to = 0; to < count; i += 4, to += 3) {
    const auto group = uu_value(data[i]) << 18 | uu_value(data[i + 1]) << 12 |
                       uu_value(data[i + 2]) << 6 | uu_value(data[i + 3]);
    octets[to] = static_cast<char>(group >> 16 & 0xff);
    octets[to + 1] = static_cast<char>(group >> 8 & 0xff);
    octets[to + 2] = static_cast<char>(group & 0xff);
  }
  out.append(octets.data(), count);
}

constexpr std::uint8_t kNone = 0xff;
constexpr auto kBase64Values = [] {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] =
        static_cast<std::uint8_t>(i);
  }
  return values;
}();

std::uint8_t base64_value(char c) {
  return kBase64Values[static_cast<unsigned char>(c)];
}

bool is_base64_line(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) {
    return base64_value(c) != kNone || c == '=' || is_blank(c);
  });
}

}  // namespace

// begin_line = "begin" ["-base64"] 1*SP 3*4ODIGIT 1*SP name
std::optional<UuBegin> parse_uu_begin(std::string_view line) {
  constexpr std::string_view kBegin = "begin", kBase64 = "-base64";
  if (line.substr(0, kBegin.size()) != kBegin) return std::nullopt;
  line.remove_prefix(kBegin.size());
  UuBegin begin;
  begin.base64 = line.substr(0, kBase64.size()) == kBase64;
  if (begin.base64) line.remove_prefix(kBase64.size());
  if (line.empty() || line.front() != ' ') return std::nullopt;
  line = trim(line);
  const auto digits = static_cast<std::size_t>(
      std::find_if_not(line.begin(), line.end(), is_octal) - line.begin());
  if (digits < 3 || digits > 4) return std::nullopt;
  begin.mode = line.substr(0, digits);
  line.remove_prefix(digits);
  if (!line.empty() && !is_blank(line.front())) return std::nullopt;
  begin.name = trim(line);
  return begin;
}

bool is_uu_data(const UuBegin& begin, std::string_view line) {
  if (begin.base64) {
    line = without_blanks_behind(line);
    return line == kBase64End ||
           (!line.empty() && line.size() % 4 == 0 && is_base64_line(line));
  }
  if (!is_uu_line(line)) return false;
  const auto count = static_cast<std::size_t>(uu_value(line.front()));
  const auto rest = without_blanks_behind(line.substr(1));
  if (count == 0) return rest.empty();
  return count <= kMaxUsualCount && !rest.empty() &&
         rest.size() <= characters_for(count) + kMaxTrailing;
}

UuBody::Step UuBody::take(const LinePiece& piece, std::string& out) {
  if (base64_) return take_base64(piece, out);
  if (!piece.first) return Step::more;  // behind the data of its line
  const auto line = piece.octets;
  if (without_blanks_behind(line) == kEnd) return Step::ended;
  // A lone blank, which is the count 0, may have been lost.
  if (line.empty() || (is_uu_line(line) && uu_value(line.front()) == 0)) {
    expects_end_ = true;
    return Step::more;
  }
  if (expects_end_ || !is_uu_line(line)) {
    malformed_ = true;
    return Step::not_mine;
  }
  decode_line(line, out);
  return Step::more;
}

UuBody::Step UuBody::take_base64(const LinePiece& piece, std::string& out) {
  if (piece.whole()) {
    if (without_blanks_behind(piece.octets) == kBase64End) {
      if (characters_ != 0) malformed_ = true;
      end_group(out);
      return Step::ended;
    }
    if (!is_base64_line(piece.octets)) {
      malformed_ = true;
      return Step::not_mine;
    }
  }
  for (const char c : piece.octets) {
    const auto value = base64_value(c);
    if (c == '=') {
      end_group(out);
    } else if (value != kNone) {
      group_ = group_ << 6 | value;
      if (++characters_ == 4) end_group(out);
    } else if (!is_blank(c) && c != '\r') {
      malformed_ = true;
    }
  }
  return Step::more;
}

// Two characters carry one octet, three carry two, four carry three.
void UuBody::end_group(std::string& out) {
  if (characters_ == 1) malformed_ = true;
  const auto bits = group_ << 6 * (4 - characters_);
  for (int i = 0; i + 1 < characters_; ++i) {
    out += static_cast<char>(bits >> (16 - 8 * i) & 0xff);
  }
  group_ = 0;
  characters_ = 0;
}

bool UuDecoder::take(const LinePiece& piece, std::string& out) {
  const auto begin =
      piece.whole() ? parse_uu_begin(piece.octets) : std::nullopt;
  if (!body_) {
    if (!begin) return true;
    name_ = embedded_text(begin->name);
    body_.emplace(begin->base64);
    return true;
  }
  const auto step = body_->take(piece, out);
  if (body_->malformed()) add_malformed();
  // A line that is none is left out, unless another file begins with it.
  return step == UuBody::Step::more ||
         (step == UuBody::Step::not_mine && !begin);
}

void UuDecoder::cut_off() { add_malformed(); }

}  // namespace mailtool::mime
