// base64 in bodies: RFC 2045 section 6.8.
#include <array>

#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kLineCharacters = 76;
constexpr std::size_t kPieceOctets = 48 * 1024;

constexpr std::uint32_t kNone = 0xff;

// The value of each character of the alphabet; kNone for all others.
constexpr auto kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] =
        static_cast<std::uint8_t>(i);
  }
  return values;
}();

std::uint32_t value_of(char c) { return kValues[static_cast<unsigned char>(c)]; }

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void append_three(std::string& to, std::uint32_t group) {
  const std::array three = {static_cast<char>(group >> 16 & 0xff),
                            static_cast<char>(group >> 8 & 0xff),
                            static_cast<char>(group & 0xff)};
  to.append(three.data(), three.size());
}

}  // namespace

Result<void> Base64Decoder::write(std::string_view octets) {
  while (!octets.empty()) {
    auto piece = octets.substr(0, kPieceOctets);
    octets.remove_prefix(piece.size());
    decoded_.clear();
    while (!piece.empty()) {
      if (characters_ == 0 && !padded_ && piece.size() >= 4) {
        const auto a = value_of(piece[0]), b = value_of(piece[1]);
        const auto c = value_of(piece[2]), d = value_of(piece[3]);
        if ((a | b | c | d) < 64) {
          append_three(decoded_, a << 18 | b << 12 | c << 6 | d);
          piece.remove_prefix(4);
          continue;
        }
      }
      take(piece.front());
      piece.remove_prefix(1);
    }
    if (auto written = out_.write(decoded_); !written) return written;
  }
  return {};
}

void Base64Decoder::take(char c) {
  if (const auto value = value_of(c); value != kNone) {
    if (padded_) defective_ = true;
    padded_ = false;
    group_ = group_ << 6 | value;
    if (++characters_ == 4) {
      append_three(decoded_, group_);
      group_ = 0;
      characters_ = 0;
    }
  } else if (c == '=') {
    if (characters_ == 0 && !padded_) defective_ = true;
    end_group();
    padded_ = true;
  } else if (!is_space(c)) {
    defective_ = true;
  }
}

// Two characters carry one octet, three carry two; one carries none.
void Base64Decoder::end_group() {
  if (characters_ == 1) defective_ = true;
  if (characters_ >= 2) {
    const auto bits = group_ << (6 * (4 - characters_));
    decoded_ += static_cast<char>(bits >> 16 & 0xff);
    if (characters_ == 3) decoded_ += static_cast<char>(bits >> 8 & 0xff);
  }
  group_ = 0;
  characters_ = 0;
}

Result<void> Base64Decoder::finish() {
  if (characters_ == 0) return {};
  defective_ = true;  // the padding is missing
  decoded_.clear();
  end_group();
  return out_.write(decoded_);
}

Result<void> Base64Encoder::write(std::string_view octets) {
  encoded_.clear();
  while (!held_.empty() && !octets.empty() && held_.size() < 3) {
    held_ += octets.front();
    octets.remove_prefix(1);
  }
  if (held_.size() == 3) {
    encode_group(held_);
    held_.clear();
  }
  while (octets.size() >= 3) {
    encode_group(octets.substr(0, 3));
    octets.remove_prefix(3);
    if (encoded_.size() >= kPieceOctets) {
      if (auto written = out_.write(encoded_); !written) return written;
      encoded_.clear();
    }
  }
  held_ += octets;
  return encoded_.empty() ? Result<void>{} : out_.write(encoded_);
}

// One to three octets to four characters, and a line end where it is due.
void Base64Encoder::encode_group(std::string_view octets) {
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    group = group << 8 |
            (i < octets.size() ? static_cast<unsigned char>(octets[i]) : 0u);
  }
  encoded_ += kAlphabet[group >> 18];
  encoded_ += kAlphabet[group >> 12 & 63];
  encoded_ += octets.size() > 1 ? kAlphabet[group >> 6 & 63] : '=';
  encoded_ += octets.size() > 2 ? kAlphabet[group & 63] : '=';
  column_ += 4;
  if (column_ == kLineCharacters) {
    encoded_ += "\r\n";
    column_ = 0;
  }
}

Result<void> Base64Encoder::finish() {
  encoded_.clear();
  if (!held_.empty()) encode_group(held_);
  held_.clear();
  if (column_ > 0) encoded_ += "\r\n";
  column_ = 0;
  return encoded_.empty() ? Result<void>{} : out_.write(encoded_);
}

}  // namespace mailtool::mime
