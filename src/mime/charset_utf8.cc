// UTF-8 to UTF-8: what is valid passes. What is not becomes U+FFFD or, in a
// text that was never said to be UTF-8, what it is in windows-1252.
#include <array>
#include <cstring>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mime/charset_conversion.h"

namespace mailtool::mime {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct Utf8Char {
  std::array<char, 4> octets;
  std::uint8_t size;
};

// What the octets 80 to FF are in windows-1252; size 0: nothing.
const std::array<Utf8Char, 128> kWindows1252AsUtf8 = [] {
  std::array<Utf8Char, 128> all{};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (kWindows1252[i] == 0xfffd) continue;
    const auto size = write_utf8(all[i].octets.data(), kWindows1252[i]);
    all[i].size = static_cast<std::uint8_t>(size);
  }
  return all;
}();

// How many octets of `octets`, which follow an ill-formed sequence, are whole
// code points. Where one is wrong the next often is: the first few are looked
// at one by one, since a block would mostly be looked at for nothing.
std::size_t valid_prefix_after_fault(std::string_view octets) {
  constexpr std::size_t kNear = 32;
  std::size_t at = 0;
  while (at < octets.size() && at < kNear) {
    const auto point = next_code_point(octets.substr(at));
    if (!point.valid) return at;
    at += point.octets;
  }
  return at + valid_utf8_prefix(octets.substr(at));
}

class FromUtf8 : public CharsetConversion {
 public:
  bool reset(const Charset& charset) override {
    guess_ = charset.scheme == CharsetScheme::undeclared;
    held_size_ = 0;
    return true;
  }

  void take(std::string_view octets, std::uint64_t offset,
            CharsetOutput& to) override {
    while (held_size_ > 0 && !octets.empty()) {
      held_[held_size_++] = octets.front();
      octets.remove_prefix(1);
      ++offset;
      take_held(offset - held_size_, to);
    }
    if (offset == 0 && octets.starts_with(kByteOrderMark)) {
      octets.remove_prefix(kByteOrderMark.size());
      offset += kByteOrderMark.size();
    }
    if (octets.empty()) return;
    const auto valid = valid_utf8_prefix(octets);
    if (valid == octets.size()) return to.pass(octets);
    run(octets, valid, offset, to);
  }

  void finish(std::uint64_t offset, CharsetOutput& to) override {
    if (held_size_ == 0) return;
    const std::string_view held(held_.data(), held_size_);
    take_invalid(held, offset - held_size_, to);
    held_size_ = 0;
  }

 private:
  // The octets held, of which one is new, begin at `offset`.
  void take_held(std::uint64_t offset, CharsetOutput& to) {
    const auto held = held_;
    const std::string_view octets(held.data(), held_size_);
    held_size_ = 0;
    if (offset == 0 && octets == kByteOrderMark) return;
    run(octets, valid_utf8_prefix(octets), offset, to);
  }

  // `octets` begin with `valid` octets of whole code points.
  void run(std::string_view octets, std::size_t valid, std::uint64_t offset,
           CharsetOutput& to) {
    for (;;) {
      to.put(octets.substr(0, valid));
      if (valid == octets.size()) return;
      octets.remove_prefix(valid);
      offset += valid;

      const auto bad = ill_formed_prefix(octets);
      if (bad.incomplete) {
        std::memcpy(held_.data(), octets.data(), octets.size());
        held_size_ = octets.size();
        return;
      }
      take_invalid(octets.substr(0, bad.octets), offset, to);
      octets.remove_prefix(bad.octets);
      offset += bad.octets;
      if (octets.empty()) return;
      valid = valid_prefix_after_fault(octets);
    }
  }

  void take_invalid(std::string_view octets, std::uint64_t offset,
                    CharsetOutput& to) const {
    if (!guess_) return to.replace(offset, octets.size());
    for (const char octet : octets) {
      to.count_guess();
      const auto& character =
          kWindows1252AsUtf8[static_cast<unsigned char>(octet) - 0x80u];
      if (character.size == 0) {
        to.replace(offset, 1);
      } else {
        std::memcpy(to.room(character.octets.size()), character.octets.data(),
                    character.octets.size());
        to.advance(character.size);
      }
      ++offset;
    }
  }

  bool guess_ = false;
  std::array<char, 4> held_{};  // the start of a sequence: at most 3 octets
  std::size_t held_size_ = 0;
};

}  // namespace

ConversionPointer make_utf8_conversion() {
  return std::make_unique<FromUtf8>();
}

}  // namespace mailtool::mime
