#include "lzfu.h"

#include <algorithm>

#include "checksum.h"
#include "little_endian.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kHeader = 16;
constexpr std::uint32_t kCompressed = 0x75465a4c;    // "LZFu"
constexpr std::uint32_t kUncompressed = 0x414c454d;  // "MELA"

// What the dictionary holds at the beginning: [MS-OXRTFCP] section 2.1.3.1.
constexpr std::string_view kPreset =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman "
    "\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New "
    "RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(kPreset.size() == 207);

}  // namespace

LzfuDecoder::LzfuDecoder() : end_(kPreset.size()) {
  dictionary_.fill(' ');
  std::copy(kPreset.begin(), kPreset.end(), dictionary_.begin());
}

void LzfuDecoder::take(std::string_view octets, std::string& out) {
  const auto head = octets.substr(0, kHeader - header_.size());
  if (!head.empty()) {
    header_ += head;
    octets.remove_prefix(head.size());
    if (header_.size() == kHeader) read_header();
  }
  size_ += octets.size();
  if (state_ == State::plain) {
    out += octets;
    raw_size_ += octets.size();
    return;
  }
  if (state_ == State::refused) return;
  crc_ = crc32_register(crc_, octets);
  for (const char c : octets) {
    if (state_ == State::done) return;
    take_item(static_cast<std::uint8_t>(c), out);
  }
}

// UINT32 size of all behind it, raw size, type, CRC; little-endian.
void LzfuDecoder::read_header() {
  told_size_ = read_u32(header_);
  told_raw_size_ = read_u32(header_, 4);
  told_crc_ = read_u32(header_, 12);
  const auto type = read_u32(header_, 8);
  compressed_ = type == kCompressed;
  state_ = compressed_             ? State::control
           : type == kUncompressed ? State::plain
                                   : State::refused;
}

// A control octet, whose bits from the lowest tell of the eight items behind it
// whether each is an octet, or a place (12 bits) and a length (4 bits, less 2)
// in the dictionary. The place where it ends ends it all.
void LzfuDecoder::take_item(std::uint8_t octet, std::string& out) {
  if (state_ == State::control) {
    control_ = octet;
    items_ = 8;
    state_ = State::item;
  } else if (state_ == State::second) {
    const auto from = static_cast<std::size_t>(first_ << 4 | octet >> 4);
    if (from == end_) {
      state_ = State::done;
      return;
    }
    copy(from, (octet & 15u) + 2, out);
    next_item();
  } else if ((control_ & 1) != 0) {
    first_ = octet;
    state_ = State::second;
  } else {
    put(static_cast<char>(octet), out);
    next_item();
  }
}

void LzfuDecoder::next_item() {
  control_ = static_cast<std::uint8_t>(control_ >> 1);
  state_ = --items_ > 0 ? State::item : State::control;
}

void LzfuDecoder::put(char c, std::string& out) {
  dictionary_[end_] = c;
  end_ = (end_ + 1) % kDictionary;
  out += c;
  ++raw_size_;
}

void LzfuDecoder::copy(std::size_t from, std::size_t count, std::string& out) {
  for (; count > 0; --count) {
    put(dictionary_[from], out);
    from = (from + 1) % kDictionary;
  }
}

bool LzfuDecoder::malformed() const noexcept {
  constexpr std::uint32_t kBehindSize = kHeader - 4;
  if (raw_size_ != told_raw_size_ || size_ + kBehindSize != told_size_)
    return true;
  return compressed_ ? state_ != State::done || crc_ != told_crc_
                     : state_ != State::plain;
}

}  // namespace mailtool::mime
