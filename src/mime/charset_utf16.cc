// UTF-16 and UTF-32: RFC 2781, Unicode 3.10.
#include <algorithm>
#include <array>
#include <utility>

#include "mime/charset_conversion.h"

namespace mailtool::mime {
namespace {

constexpr char32_t kByteOrderMark = 0xfeff;

// How many octets decide the order of a text without a mark.
constexpr std::size_t kSample = 64;

class FromUtf16 : public CharsetConversion {
 public:
  bool reset(const Charset& charset) override {
    using enum CharsetScheme;
    const auto scheme = charset.scheme;
    unit_ = scheme == utf32 || scheme == utf32be || scheme == utf32le ? 4 : 2;
    little_ = scheme == utf16le || scheme == utf32le;
    decided_ = scheme != utf16 && scheme != utf32;
    held_size_ = 0;
    high_ = 0;
    first_ = true;
    return true;
  }

  void take(std::string_view octets, std::uint64_t offset,
            CharsetOutput& to) override {
    const auto begin = offset - held_size_;
    while (!octets.empty()) {
      if (decided_ && held_size_ == 0) {
        const auto whole = octets.size() - octets.size() % unit_;
        take_units(octets.substr(0, whole), offset, to);
        octets.remove_prefix(whole);
        offset += whole;
        if (octets.empty()) return;
      }
      held_[held_size_++] = octets.front();
      octets.remove_prefix(1);
      ++offset;
      if (!decided_ && held_size_ == kSample) {
        decide();
        take_held(begin, to);
      } else if (decided_ && held_size_ == unit_) {
        take_held(offset - unit_, to);
      }
    }
  }

  void finish(std::uint64_t offset, CharsetOutput& to) override {
    const auto left = held_size_ % unit_;
    if (!decided_) {
      decide();
      const auto begin = offset - held_size_;
      held_size_ -= left;
      take_held(begin, to);
    }
    end_high(to);
    if (left > 0) to.replace(offset - left, left);
    held_size_ = 0;
  }

 private:
  // The order of a text that does not say: by the mark, else by where its NULs
  // are, else big endian (RFC 2781 section 4.3).
  void decide() {
    decided_ = true;
    little_ = false;
    const auto octet = [&](std::size_t i) {
      return static_cast<unsigned char>(held_[i]);
    };
    if (held_size_ >= 2 && octet(0) == 0xfe && octet(1) == 0xff) return;
    if (held_size_ >= 2 && octet(0) == 0xff && octet(1) == 0xfe) {
      little_ = true;
      return;
    }
    std::size_t first_zero = 0;
    std::size_t last_zero = 0;
    for (std::size_t i = 0; i + unit_ <= held_size_; i += unit_) {
      if (octet(i) == 0) ++first_zero;
      if (octet(i + unit_ - 1) == 0) ++last_zero;
    }
    little_ = last_zero > first_zero;
  }

  void take_held(std::uint64_t offset, CharsetOutput& to) {
    take_units({held_.data(), held_size_}, offset, to);
    held_size_ = 0;
  }

  void take_units(std::string_view octets, std::uint64_t offset,
                  CharsetOutput& to) {
    for (std::size_t at = 0; at < octets.size(); at += unit_) {
      char32_t value = 0;
      for (std::size_t i = 0; i < unit_; ++i) {
        const auto octet = octets[at + (little_ ? unit_ - 1 - i : i)];
        value = value << 8 | static_cast<unsigned char>(octet);
      }
      take_unit(value, offset + at, to);
    }
  }

  void take_unit(char32_t value, std::uint64_t offset, CharsetOutput& to) {
    const bool mark = std::exchange(first_, false) && value == kByteOrderMark;
    if (mark) return;
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (unit_ == 2 && surrogate && value >= 0xdc00 && high_ != 0) {
      to.put_code_point(0x10000 + ((high_ - 0xd800) << 10) + (value - 0xdc00));
      high_ = 0;
      return;
    }
    end_high(to);
    if (unit_ == 2 && surrogate && value < 0xdc00) {
      high_ = value;
      high_offset_ = offset;
    } else if (surrogate || value > 0x10ffff) {
      to.replace(offset, unit_);
    } else {
      to.put_code_point(value);
    }
  }

  // The high surrogate before has no low one.
  void end_high(CharsetOutput& to) {
    if (high_ != 0) to.replace(high_offset_, unit_);
    high_ = 0;
  }

  std::size_t unit_ = 2;
  bool little_ = false;
  bool decided_ = false;
  bool first_ = true;
  std::array<char, kSample> held_{};
  std::size_t held_size_ = 0;
  char32_t high_ = 0;
  std::uint64_t high_offset_ = 0;
};

}  // namespace

ConversionPointer make_utf16_conversion() {
  return std::make_unique<FromUtf16>();
}

}  // namespace mailtool::mime
