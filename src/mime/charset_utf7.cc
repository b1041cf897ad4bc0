// UTF-7: RFC 2152. Only a text that declares it is read so.
#include "mailtool/base/ascii.h"
#include "mime/charset_conversion.h"

namespace mailtool::mime {
namespace {

// The value of a character of the modified base64, or -1.
int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

class FromUtf7 : public CharsetConversion {
 public:
  bool reset(const Charset&) override {
    shifted_ = false;
    high_ = 0;
    return true;
  }

  void take(std::string_view octets, std::uint64_t offset,
            CharsetOutput& to) override {
    while (!octets.empty()) {
      if (!shifted_) {
        const auto plain = plain_run(octets);
        to.put(octets.substr(0, plain));
        octets.remove_prefix(plain);
        offset += plain;
        if (octets.empty()) return;
      }
      if (shifted_) {
        take_shifted(octets.front(), offset, to);
      } else if (octets.front() == '+') {
        begin_shift(offset);
      } else {
        to.replace(offset, 1);
      }
      octets.remove_prefix(1);
      ++offset;
    }
  }

  void finish(std::uint64_t offset, CharsetOutput& to) override {
    if (shifted_) end_shift(offset, to);
  }

 private:
  static std::size_t plain_run(std::string_view octets) {
    return ascii_prefix(octets.substr(0, octets.find('+')));
  }

  void begin_shift(std::uint64_t offset) {
    shifted_ = true;
    begin_ = unit_begin_ = offset;
    bits_ = 0;
    count_ = 0;
  }

  // UTF-7 = *( direct / "+" *base64char [ "-" ] )      ; RFC 2152, rules 1 to 3
  void take_shifted(char c, std::uint64_t offset, CharsetOutput& to) {
    const int value = base64_value(c);
    if (value >= 0) {
      if (count_ == 0) unit_begin_ = offset;
      bits_ = (bits_ << 6 | static_cast<std::uint32_t>(value)) & 0xffffffu;
      count_ += 6;
      if (count_ >= 16) {
        count_ -= 16;
        take_unit(bits_ >> count_ & 0xffff, offset + 1, to);
        if (count_ > 0) unit_begin_ = offset;
      }
      return;
    }
    if (c == '-' && offset == begin_ + 1) {
      shifted_ = false;
      to.put("+");
      return;
    }
    end_shift(offset, to);
    if (c == '-') return;
    if (is_8bit(c)) {
      to.replace(offset, 1);
    } else {
      to.put({&c, 1});
    }
  }

  // A UTF-16 unit that ends before `end`.
  void take_unit(char32_t value, std::uint64_t end, CharsetOutput& to) {
    const auto length = static_cast<std::size_t>(end - unit_begin_);
    if (value >= 0xdc00 && value <= 0xdfff) {
      if (high_ == 0) return to.replace(unit_begin_, length);
      to.put_code_point(0x10000 + ((high_ - 0xd800) << 10) + (value - 0xdc00));
      high_ = 0;
      return;
    }
    end_high(to);
    if (value >= 0xd800 && value <= 0xdbff) {
      high_ = value;
      high_begin_ = unit_begin_;
      high_length_ = length;
    } else {
      to.put_code_point(value);
    }
  }

  // The high surrogate before has no low one.
  void end_high(CharsetOutput& to) {
    if (high_ != 0) to.replace(high_begin_, high_length_);
    high_ = 0;
  }

  // What is left of the last character must be less than six zero bits, and
  // something must have followed the "+".
  void end_shift(std::uint64_t offset, CharsetOutput& to) {
    shifted_ = false;
    if (offset == begin_ + 1) return to.replace(begin_, 1);
    end_high(to);
    const bool rest = (bits_ & ((1u << count_) - 1)) != 0;
    if (count_ >= 6 || rest) {
      to.replace(unit_begin_, static_cast<std::size_t>(offset - unit_begin_));
    }
  }

  bool shifted_ = false;
  std::uint64_t begin_ = 0;       // of the "+"
  std::uint64_t unit_begin_ = 0;  // of the unit being read
  std::uint32_t bits_ = 0;        // the last `count_` are of that unit
  unsigned count_ = 0;
  char32_t high_ = 0;
  std::uint64_t high_begin_ = 0;
  std::size_t high_length_ = 0;
};

}  // namespace

ConversionPointer make_utf7_conversion() {
  return std::make_unique<FromUtf7>();
}

}  // namespace mailtool::mime
