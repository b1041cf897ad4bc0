// Charsets without escapes, by the system's converter: GB 18030, Big5, EUC,
// Shift_JIS and the rarer single-octet ones.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mime/charset_conversion.h"
#include "mime/charset_system.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kPiece = 4096;
constexpr std::size_t kMaxHeld = 8;
// ASCII of this length is not given to the converter.
constexpr std::size_t kLongPlain = 64;

// How many octets a sequence has that begins with `lead`, where its second is
// no ASCII octet.
std::size_t sequence_length(CharsetLeads leads, char lead) noexcept {
  const auto octet = static_cast<unsigned char>(lead);
  const bool in_pairs = octet >= 0x81 && octet <= 0xfe;
  const bool in_rows = octet >= 0xa1 && octet <= 0xfe;
  switch (leads) {
    case CharsetLeads::single: return 1;
    case CharsetLeads::pairs:
    case CharsetLeads::johab: return in_pairs ? 2 : 1;
    case CharsetLeads::shift_jis:
      return (octet >= 0x81 && octet <= 0x9f) ||
                     (octet >= 0xe0 && octet <= 0xfc)
                 ? 2
                 : 1;
    case CharsetLeads::euc_jp:
      return octet == 0x8f ? 3 : octet == 0x8e || in_rows ? 2 : 1;
    case CharsetLeads::euc_tw: return octet == 0x8e ? 4 : in_rows ? 2 : 1;
  }
  return 1;
}

class FromSystem : public CharsetConversion {
 public:
  bool reset(const Charset& charset) override {
    leads_ = charset.leads;
    held_size_ = 0;
    auto* const handle = converters_.find(charset.system);
    if (handle != nullptr) handle_ = *handle;
    return handle != nullptr;
  }

  void take(std::string_view octets, std::uint64_t offset,
            CharsetOutput& to) override {
    // At the seam of two writes octet by octet, since a sequence is cut there.
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
  }

  void finish(std::uint64_t offset, CharsetOutput& to) override {
    if (held_size_ > 0) {
      end_character(to);
      to.replace(offset - held_size_, held_size_);
      held_size_ = 0;
    }
    end_character(to);
  }

 private:
  void run(std::string_view octets, std::uint64_t offset, CharsetOutput& to) {
    while (!octets.empty()) {
      if (has_ascii()) {
        const auto plain = ascii_prefix(octets);
        if (plain == octets.size() || plain >= kLongPlain) {
          end_character(to);
          to.put(octets.substr(0, plain));
          octets.remove_prefix(plain);
          offset += plain;
          if (octets.empty()) return;
        }
      }
      const auto piece = octets.substr(0, kPiece);
      const auto step =
          system_convert(handle_, piece, to.room(kPiece * 4), kPiece * 4);
      prove(to, step.made);
      octets.remove_prefix(step.taken);
      offset += step.taken;
      using enum SystemStep::End;
      if (step.end == all || (step.end == no_room && step.taken > 0)) continue;
      if (step.end == incomplete && piece.size() < octets.size() + step.taken &&
          step.taken > 0) {
        continue;  // the rest of the sequence is in the next piece
      }
      if (step.end == incomplete && octets.size() < kMaxHeld) {
        return hold(octets);
      }
      const auto bad = invalid_length(octets);
      if (bad == 0) return hold(octets);
      end_character(to);
      to.replace(offset, bad);
      octets.remove_prefix(bad);
      offset += bad;
    }
  }

  // True where an octet of ASCII that begins a character is that of ASCII.
  [[nodiscard]] bool has_ascii() const {
    return leads_ != CharsetLeads::single && leads_ != CharsetLeads::johab;
  }

  void hold(std::string_view octets) {
    std::memcpy(held_.data(), octets.data(), octets.size());
    held_size_ = octets.size();
  }

  // For how many octets one U+FFFD stands: the whole sequence, but no ASCII
  // octet is lost in it. 0 when the next octet decides.
  [[nodiscard]] std::size_t invalid_length(std::string_view octets) const {
    const auto length = sequence_length(leads_, octets.front());
    std::size_t bad = 1;
    while (bad < length) {
      if (bad == octets.size()) return 0;
      if (!is_8bit(octets[bad])) return bad;
      ++bad;
    }
    return bad;
  }

  // Some characters are held back until it is known what follows.
  void end_character(CharsetOutput& to) {
    const auto size = system_reset(handle_, to.room(16));
    prove(to, size);
  }

  // Takes `made` octets in the room. The converter's tables are not ours.
  static void prove(CharsetOutput& to, std::size_t made) {
    const std::string_view text(to.room(0), made);
    const auto valid = valid_utf8_prefix(text);
    to.advance(valid);
    if (valid < made) to.put("\xef\xbf\xbd");
  }

  SystemConverters converters_;
  iconv_t handle_{};
  CharsetLeads leads_ = CharsetLeads::single;
  std::array<char, kMaxHeld> held_{};
  std::size_t held_size_ = 0;
};

}  // namespace

ConversionPointer make_system_conversion() {
  return std::make_unique<FromSystem>();
}

}  // namespace mailtool::mime
