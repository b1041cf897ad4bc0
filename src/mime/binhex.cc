// BinHex 4.0: RFC 1741 appendix A.
#include "mailtool/mime/binhex.h"

#include <algorithm>
#include <array>

#include "checksum.h"
#include "embedded_name.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

constexpr std::uint8_t kRun = 0x90;
constexpr std::uint8_t kNone = 0xff;
constexpr std::size_t kMaxName = 63;
// Behind the name: version, type, creator, flags, two lengths, CRC.
constexpr std::size_t kFixed = 1 + 4 + 4 + 2 + 4 + 4 + 2;

constexpr auto kValues = [] {
  constexpr std::string_view alphabet =
      "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
  static_assert(alphabet.size() == 64);
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] =
        static_cast<std::uint8_t>(i);
  }
  return values;
}();

std::uint32_t big_endian(std::string_view octets) {
  std::uint32_t value = 0;
  for (const char c : octets)
    value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

bool is_space(char c) { return is_blank(c) || c == '\r' || c == '\n'; }

}  // namespace

bool is_binhex_line(std::string_view line) noexcept {
  constexpr std::string_view kLine = "(This file must be converted with BinHex";
  return line.substr(0, kLine.size()) == kLine;
}

BinHexBody::Step BinHexBody::take(const LinePiece& piece, std::string& out) {
  auto text = piece.octets;
  if (!begun_) {
    if (std::all_of(text.begin(), text.end(), is_space)) return Step::more;
    if (!piece.first || text.front() != ':') return Step::not_mine;
    begun_ = true;
    text.remove_prefix(1);
  }
  for (const char c : text) {
    if (c == ':') {
      if (state_ != State::done) malformed_ = true;
      return Step::ended;
    }
    if (is_space(c)) continue;
    const auto value = kValues[static_cast<unsigned char>(c)];
    if (value == kNone) state_ = State::refused;
    bits_ = bits_ << 6 | value;
    bit_count_ += 6;
    if (state_ != State::refused && bit_count_ >= 8) {
      bit_count_ -= 8;
      take_run(static_cast<std::uint8_t>(bits_ >> bit_count_ & 0xff), out);
    }
    if (state_ == State::refused) {
      malformed_ = true;
      return Step::not_mine;
    }
  }
  return Step::more;
}

// A run: the octet, 0x90, how often it stands there in all. 0x90 0x00 is 0x90.
void BinHexBody::take_run(std::uint8_t octet, std::string& out) {
  if (in_run_) {
    in_run_ = false;
    if (octet == 0) {
      last_ = kRun;
      put(kRun, 1, out);
    } else {
      put(last_, octet - 1u, out);
    }
  } else if (octet == kRun) {
    in_run_ = true;
  } else {
    last_ = octet;
    put(octet, 1, out);
  }
}

void BinHexBody::put(std::uint8_t octet, std::size_t times, std::string& out) {
  while (times > 0) {
    if (state_ == State::data || state_ == State::resource) {
      const auto now =
          static_cast<std::size_t>(std::min<std::uint64_t>(times, rest_));
      if (state_ == State::data) out.append(now, static_cast<char>(octet));
      crc_ = crc16_run(crc_, octet, now);
      times -= now;
      rest_ -= now;
      if (rest_ == 0) {
        enter(state_ == State::data ? State::data_crc : State::resource_crc);
      }
      continue;
    }
    --times;
    if (state_ == State::header) take_header(octet);
    if (state_ == State::done || state_ == State::refused) return;
    if (state_ == State::data_crc || state_ == State::resource_crc)
      take_crc(octet);
  }
}

void BinHexBody::enter(State state) {
  state_ = state;
  switch (state) {
    case State::data:
      rest_ = data_;
      crc_ = 0;
      if (rest_ == 0) enter(State::data_crc);
      break;
    case State::resource:
      rest_ = resource_;
      crc_ = 0;
      if (rest_ == 0) enter(State::resource_crc);
      break;
    case State::data_crc:
    case State::resource_crc:
      rest_ = 2;
      told_crc_ = 0;
      break;
    case State::header:
    case State::done:
    case State::refused: break;
  }
}

void BinHexBody::take_crc(std::uint8_t octet) {
  told_crc_ = static_cast<std::uint16_t>(told_crc_ << 8 | octet);
  if (--rest_ > 0) return;
  if (told_crc_ != crc_) malformed_ = true;
  enter(state_ == State::data_crc ? State::resource : State::done);
}

void BinHexBody::take_header(std::uint8_t octet) {
  header_ += static_cast<char>(octet);
  const auto name = static_cast<unsigned char>(header_.front());
  if (name == 0 || name > kMaxName) return enter(State::refused);
  if (header_.size() < 1 + name + kFixed) return;
  enter(read_header() ? State::data : State::refused);
}

// OCTET length, name, NUL, type, creator, flags, data length, resource length,
// CRC of all before it.
bool BinHexBody::read_header() {
  const std::string_view header = header_;
  const auto length = static_cast<unsigned char>(header.front());
  const auto name = header.substr(1, length);
  const auto fixed = header.substr(1 + length);
  if (fixed[0] != 0) return false;
  name_ = embedded_text(name, is_valid_utf8(name) ? "" : "macintosh");
  type_creator_ = fixed.substr(1, 8);
  for (auto& c : type_creator_) {
    if (is_control(c) || is_8bit(c)) c = '?';
  }
  data_ = big_endian(fixed.substr(11, 4));
  resource_ = big_endian(fixed.substr(15, 4));
  for (const char c : header.substr(0, header.size() - 2)) {
    crc_ = crc16_run(crc_, static_cast<std::uint8_t>(c), 1);
  }
  if (big_endian(fixed.substr(19, 2)) != crc_) malformed_ = true;
  has_header_ = true;
  return true;
}

bool BinHexDecoder::take(const LinePiece& piece, std::string& out) {
  if (!begun_) {
    if (!piece.first || piece.octets.substr(0, 1) != ":") return true;
    begun_ = true;
  }
  const auto step = body_.take(piece, out);
  if (body_.malformed()) add_malformed();
  return step == BinHexBody::Step::more;
}

void BinHexDecoder::cut_off() { add_malformed(); }

}  // namespace mailtool::mime
