// One octet a character: an own table.
#include <algorithm>
#include <array>
#include <cstring>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mime/charset_conversion.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kBlock = 32;
constexpr std::size_t kMaxUtf8 = 3;  // no table goes beyond U+FFFF
constexpr unsigned char kNone = 0x80;

// What an octet is in UTF-8. All four are copied, `length` of them count; kNone
// is set in it where there is no character.
struct Entry {
  char utf8[kMaxUtf8] = {};
  unsigned char length = 0;
};
static_assert(sizeof(Entry) == 4);

bool has_8bit(const char* block) noexcept {
  std::array<std::uint64_t, kBlock / 8> words;
  std::memcpy(words.data(), block, kBlock);
  return ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u) !=
         0;
}

class FromTable : public CharsetConversion {
 public:
  bool reset(const Charset& charset) override {
    if (table_ != charset.table) build(*charset.table);
    table_ = charset.table;
    return true;
  }

  void take(std::string_view octets, std::uint64_t offset,
            CharsetOutput& to) override {
    const auto plain = ascii_prefix(octets);
    if (plain == octets.size()) return to.pass(octets);
    to.put(octets.substr(0, plain));
    for (auto at = plain; at < octets.size();) {
      at += convert(octets.substr(at, kPiece), to);
      if (at == octets.size()) return;
      if (entry(octets[at]).length < kNone) continue;
      to.replace(offset + at, 1);
      ++at;
    }
  }

  void finish(std::uint64_t, CharsetOutput&) override {}

 private:
  static constexpr std::size_t kPiece = CharsetOutput::kSize / 4;

  void build(const CharsetTable& table) {
    for (std::size_t octet = 0; octet < entries_.size(); ++octet) {
      const std::uint16_t value = octet < 0x80
                                      ? static_cast<std::uint16_t>(octet)
                                      : table[octet - 0x80];
      char utf8[4];
      auto& made = entries_[octet];
      made.length = static_cast<unsigned char>(write_utf8(utf8, value));
      std::memcpy(made.utf8, utf8, kMaxUtf8);
      if (value == 0xfffd) made.length |= kNone;
    }
  }

  [[nodiscard]] const Entry& entry(char octet) const noexcept {
    return entries_[static_cast<unsigned char>(octet)];
  }

  // Converts `octets`, at most kPiece, up to the first without a character.
  // Returns how many.
  std::size_t convert(std::string_view octets, CharsetOutput& to) const {
    char* const begin = to.room(kPiece * kMaxUtf8 + kBlock);
    char* end = begin;
    std::size_t at = 0;
    while (at < octets.size()) {
      const auto size = std::min(kBlock, octets.size() - at);
      const char* const from = octets.data() + at;
      if (size == kBlock && !has_8bit(from)) {
        std::memcpy(end, from, kBlock);
        end += kBlock;
        at += kBlock;
        continue;
      }
      // Without a branch for each octet: which are above 0x7f nobody foresees.
      unsigned lengths = 0;
      char* next = end;
      for (std::size_t i = 0; i < size; ++i) {
        const auto& made = entry(from[i]);
        std::memcpy(next, &made, sizeof made);
        next += made.length & 7u;
        lengths |= made.length;
      }
      if ((lengths & kNone) != 0) {
        for (; entry(octets[at]).length < kNone; ++at) {
          end += entry(octets[at]).length;
        }
        break;
      }
      end = next;
      at += size;
    }
    to.advance(static_cast<std::size_t>(end - begin));
    return at;
  }

  const CharsetTable* table_ = nullptr;
  std::array<Entry, 256> entries_{};
};

}  // namespace

ConversionPointer make_table_conversion() {
  return std::make_unique<FromTable>();
}

}  // namespace mailtool::mime
