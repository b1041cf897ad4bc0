// ISO 2022 in 7 bits: the escapes of RFC 1468 and its followers (Japanese),
// RFC 1557 (Korean), RFC 1922 (Chinese), and HZ, RFC 1843. The states are kept
// here; what a pair of octets means is asked of an 8-bit charset with the same
// characters.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mime/charset_conversion.h"
#include "mime/charset_iso2022_sets.h"
#include "mime/charset_system.h"

namespace mailtool::mime {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kShiftOut = '\x0e';
constexpr char kShiftIn = '\x0f';

bool is_graphic(char c) { return c >= 0x21 && c <= 0x7e; }

class FromIso2022 : public CharsetConversion {
 public:
  bool reset(const Charset& charset) override {
    scheme_ = charset.scheme;
    g0_ = Iso2022Set::ascii;
    g1_ = first_g1(scheme_);
    g2_ = Iso2022Set::none;
    out_ = single_ = false;
    held_size_ = 0;
    const auto main =
        scheme_ == CharsetScheme::iso2022jp ? Iso2022Set::jis_0208 : g1_;
    return converters_.find(iso2022_names(main)) != nullptr;
  }

  void take(std::string_view octets, std::uint64_t offset,
            CharsetOutput& to) override {
    while (held_size_ > 0 && !octets.empty()) {
      const auto begin = offset - held_size_;
      held_[held_size_++] = octets.front();
      octets.remove_prefix(1);
      ++offset;
      const auto held = held_;
      const auto size = std::exchange(held_size_, 0);
      run({held.data(), size}, begin, to);
    }
    run(octets, offset, to);
    end_pairs(to);
  }

  void finish(std::uint64_t offset, CharsetOutput& to) override {
    if (held_size_ > 0) to.replace(offset - held_size_, held_size_);
    held_size_ = 0;
  }

 private:
  [[nodiscard]] bool is_shift(char c) const {
    return scheme_ != CharsetScheme::hz && (c == kShiftOut || c == kShiftIn);
  }

  static Iso2022Set first_g1(CharsetScheme scheme) {
    switch (scheme) {
      case CharsetScheme::iso2022kr: return Iso2022Set::ks_x_1001;
      case CharsetScheme::iso2022cn:
      case CharsetScheme::hz: return Iso2022Set::gb_2312;
      default: return Iso2022Set::katakana;
    }
  }

  [[nodiscard]] Iso2022Set set() const {
    return single_ ? g2_ : out_ ? g1_ : g0_;
  }

  void run(std::string_view octets, std::uint64_t offset, CharsetOutput& to) {
    while (!octets.empty()) {
      const auto taken = step(octets, offset, to);
      if (taken == 0) {
        std::memcpy(held_.data(), octets.data(), octets.size());
        held_size_ = octets.size();
        return;
      }
      octets.remove_prefix(taken);
      offset += taken;
    }
  }

  // Takes what stands first. Returns its length; 0 when more must follow.
  std::size_t step(std::string_view octets, std::uint64_t offset,
                   CharsetOutput& to) {
    const char first = octets.front();
    if (set() == Iso2022Set::ascii) {
      if (const auto plain = plain_run(octets); plain > 0) {
        end_pairs(to);
        to.put(octets.substr(0, plain));
        return plain;
      }
    }
    if (scheme_ == CharsetScheme::hz && first == '~') {
      return take_tilde(octets, offset, to);
    }
    if (first == kEscape) return take_escape(octets, offset, to);
    if (is_graphic(first)) return take_graphic(octets, offset, to);
    end_pairs(to);
    if (is_8bit(first)) {
      to.replace(offset, 1);
    } else if (is_shift(first)) {
      out_ = first == kShiftOut;
    } else {
      // RFC 1468: a line ends in ASCII; so do those of the others.
      if (first == '\n' || first == '\r') {
        g0_ = Iso2022Set::ascii;
        out_ = false;
      }
      to.put({&first, 1});
    }
    single_ = false;
    return 1;
  }

  std::size_t take_graphic(std::string_view octets, std::uint64_t offset,
                           CharsetOutput& to) {
    const auto now = set();
    if (!is_double(now)) {
      end_pairs(to);
      put_single(now, octets.front(), offset, to);
      single_ = false;
      return 1;
    }
    if (octets.size() < 2) return 0;
    single_ = false;
    if (!is_graphic(octets[1])) {
      end_pairs(to);
      to.replace(offset, 1);
      return 1;
    }
    add_pair(now, octets[0], octets[1], offset, to);
    return 2;
  }

  // How much of ASCII text needs no look at each octet.
  [[nodiscard]] std::size_t plain_run(std::string_view octets) const {
    std::size_t size = 0;
    while (size < octets.size()) {
      const char c = octets[size];
      if (is_8bit(c) || c == kEscape || c == kShiftOut || c == kShiftIn) break;
      if (c == '~' && scheme_ == CharsetScheme::hz) break;
      ++size;
    }
    return size;
  }

  static void put_single(Iso2022Set now, char octet, std::uint64_t offset,
                         CharsetOutput& to) {
    const auto value = iso2022_character(now, octet);
    if (value == 0) return to.replace(offset, 1);
    to.put_code_point(value);
  }

  // "~{" "~}" "~~" "~" LF                              ; RFC 1843
  std::size_t take_tilde(std::string_view octets, std::uint64_t offset,
                         CharsetOutput& to) {
    if (octets.size() < 2) return 0;
    if (octets[1] == '}' || octets[1] == '{' || octets[1] == '\n') {
      out_ = octets[1] == '{';
      return 2;
    }
    if (out_ && is_graphic(octets[1])) return take_graphic(octets, offset, to);
    end_pairs(to);
    if (octets[1] == '~') {
      to.put("~");
      return 2;
    }
    to.replace(offset, 1);
    return 1;
  }

  std::size_t take_escape(std::string_view octets, std::uint64_t offset,
                          CharsetOutput& to) {
    const auto escape = iso2022_escape(octets);
    if (escape.incomplete) return 0;
    if (escape.length == 0) {
      end_pairs(to);
      to.replace(offset, 1);
      single_ = false;
      return 1;
    }
    switch (escape.to) {
      case Iso2022Place::g0: g0_ = escape.set; break;
      case Iso2022Place::g1: g1_ = escape.set; break;
      case Iso2022Place::g2: g2_ = escape.set; break;
      case Iso2022Place::single_shift:
        single_ = g2_ != Iso2022Set::none;
        if (!single_) {
          end_pairs(to);
          to.replace(offset, escape.length);
        }
        return escape.length;
    }
    single_ = false;
    return escape.length;
  }

  // Pairs are collected, since asking for one takes as long as for a hundred.
  void add_pair(Iso2022Set now, char first, char second, std::uint64_t offset,
                CharsetOutput& to) {
    const auto coded = iso2022_pair(now, first, second);
    const bool joins = pairs_size_ > 0 && pairs_set_ == now && !is_long(now) &&
                       pairs_size_ + 2 <= pairs_.size() &&
                       offset == pairs_begin_ + pairs_size_;
    if (!joins) end_pairs(to);
    if (pairs_size_ == 0) pairs_begin_ = offset;
    pairs_set_ = now;
    std::memcpy(pairs_.data() + pairs_size_, coded.octets.data(), coded.size);
    pairs_size_ += coded.size;
    if (is_long(now)) end_pairs(to);
  }

  // Converts what was collected: two octets each, or one that has more.
  void end_pairs(CharsetOutput& to) {
    if (pairs_size_ == 0) return;
    std::string_view coded(pairs_.data(), std::exchange(pairs_size_, 0));
    auto offset = pairs_begin_;
    auto* const handle = converters_.find(iso2022_names(pairs_set_));
    const std::size_t unit = is_long(pairs_set_) ? coded.size() : 2;
    while (!coded.empty()) {
      SystemStep done;
      if (handle != nullptr) {
        char* const room = to.room(kMaxPairs * 4);
        done = system_convert(*handle, coded, room, kMaxPairs * 4);
        done.made = std::min(done.made, valid_utf8_prefix({room, done.made}));
        to.advance(done.made);
        // A pair of two characters may have one of them held back.
        to.advance(system_reset(*handle, to.room(16)));
      }
      offset += done.taken;
      coded.remove_prefix(done.taken);
      if (coded.empty()) return;
      to.replace(offset, 2);
      offset += 2;
      coded.remove_prefix(std::min(unit, coded.size()));
    }
  }

  static constexpr std::size_t kMaxPairs = 256;

  SystemConverters converters_;
  CharsetScheme scheme_{};
  Iso2022Set g0_{};
  Iso2022Set g1_{};
  Iso2022Set g2_{};
  bool out_ = false;     // SO: g1 is in use
  bool single_ = false;  // the next character is of g2
  std::array<char, 8> held_{};
  std::size_t held_size_ = 0;
  std::array<char, 2 * kMaxPairs> pairs_{};
  std::size_t pairs_size_ = 0;
  std::uint64_t pairs_begin_ = 0;
  Iso2022Set pairs_set_{};
};

}  // namespace

ConversionPointer make_iso2022_conversion() {
  return std::make_unique<FromIso2022>();
}

}  // namespace mailtool::mime
