// The tables of single-octet charsets against the system's.
#include "mime/charset_tables.h"

#include <gtest/gtest.h>
#include <iconv.h>

#include <map>

#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"

namespace mailtool::mime {
namespace {

// The code point that the system has for one octet; U+FFFD for none.
class System {
 public:
  explicit System(const char* charset)
      : handle_(iconv_open("UTF-32LE", charset)) {
    EXPECT_NE(handle_, reinterpret_cast<iconv_t>(-1)) << charset;
  }
  System(const System&) = delete;
  System& operator=(const System&) = delete;
  ~System() { iconv_close(handle_); }

  std::uint32_t code_point(unsigned octet) {
    char in = static_cast<char>(octet);
    char* from = &in;
    std::size_t left = 1;
    unsigned char made[8] = {};
    char* to = reinterpret_cast<char*>(made);
    std::size_t room = sizeof made;
    const auto done = iconv(handle_, &from, &left, &to, &room);
    // A character that others may combine with is held back.
    iconv(handle_, nullptr, nullptr, &to, &room);
    if (done == static_cast<std::size_t>(-1)) return 0xfffd;
    return made[0] | static_cast<std::uint32_t>(made[1]) << 8 |
           static_cast<std::uint32_t>(made[2]) << 16;
  }

 private:
  iconv_t handle_;
};

struct Pair {
  const char* name;
  const CharsetTable* table;
  const char* system;
  // Octets that the system reads otherwise, with what stands in our table.
  std::map<unsigned, std::uint16_t> others = {};
};

// clang-format off
const Pair kPairs[] = {
    {"windows-1252", &kWindows1252, "CP1252"},
    {"iso-8859-2", &kIso8859_2, "ISO-8859-2"},
    {"iso-8859-3", &kIso8859_3, "ISO-8859-3"},
    {"iso-8859-4", &kIso8859_4, "ISO-8859-4"},
    {"iso-8859-5", &kIso8859_5, "ISO-8859-5"},
    {"iso-8859-6", &kIso8859_6, "ISO-8859-6"},
    {"iso-8859-7", &kIso8859_7, "ISO-8859-7"},
    {"iso-8859-8", &kIso8859_8, "ISO-8859-8"},
    {"iso-8859-10", &kIso8859_10, "ISO-8859-10"},
    {"iso-8859-13", &kIso8859_13, "ISO-8859-13"},
    {"iso-8859-14", &kIso8859_14, "ISO-8859-14"},
    {"iso-8859-15", &kIso8859_15, "ISO-8859-15"},
    {"iso-8859-16", &kIso8859_16, "ISO-8859-16"},
    {"windows-874", &kWindows874, "CP874"},
    {"windows-1250", &kWindows1250, "CP1250"},
    {"windows-1251", &kWindows1251, "CP1251"},
    {"windows-1253", &kWindows1253, "CP1253"},
    {"windows-1254", &kWindows1254, "CP1254"},
    {"windows-1255", &kWindows1255, "CP1255"},
    {"windows-1256", &kWindows1256, "CP1256"},
    {"windows-1257", &kWindows1257, "CP1257"},
    {"windows-1258", &kWindows1258, "CP1258"},
    {"koi8-r", &kKoi8R, "KOI8-R"},
    {"koi8-u", &kKoi8U, "KOI8-U"},
    {"koi8-t", &kKoi8T, "KOI8-T"},
    {"cp437", &kCp437, "CP437"},
    {"cp737", &kCp737, "CP737"},
    {"cp775", &kCp775, "CP775"},
    {"cp850", &kCp850, "CP850"},
    {"cp852", &kCp852, "CP852"},
    {"cp855", &kCp855, "CP855"},
    {"cp857", &kCp857, "CP857"},
    {"cp858", &kCp858, "CP858"},
    {"cp862", &kCp862, "CP862"},
    {"cp866", &kCp866, "CP866"},
    {"cp1125", &kCp1125, "CP1125"},
    {"macintosh", &kMacintosh, "MACINTOSH", {{0xc6, 0x2206}, {0xf0, 0xf8ff}}},
    {"mac-cyrillic", &kMacCyrillic, "MAC-CYRILLIC", {{0xff, 0x20ac}}},
    {"mac-ce", &kMacCentralEurope, "MAC-CENTRALEUROPE"},
    {"ptcp154", &kPtCp154, "PT154"},
    {"kz-1048", &kKz1048, "RK1048"},
};
// clang-format on

TEST(CharsetTables, AgreeWithTheSystem) {
  for (const auto& pair : kPairs) {
    System system(pair.system);
    for (unsigned octet = 0x80; octet < 0x100; ++octet) {
      const auto ours = (*pair.table)[octet - 0x80];
      const auto other = pair.others.find(octet);
      if (other != pair.others.end()) {
        EXPECT_EQ(ours, other->second) << pair.name << std::hex << octet;
        continue;
      }
      EXPECT_EQ(ours, system.code_point(octet))
          << pair.name << " 0x" << std::hex << octet << " ours " << ours;
    }
  }
}

// Each octet by itself and all in one text, through the decoder.
TEST(CharsetTables, AreWhatTheDecoderReads) {
  for (const auto& pair : kPairs) {
    std::string octets;
    std::string text;
    for (unsigned octet = 0; octet < 0x100; ++octet) {
      octets += static_cast<char>(octet);
      const char32_t point = octet < 0x80 ? octet : (*pair.table)[octet - 0x80];
      std::string one;
      append_utf8(one, point);
      EXPECT_EQ(to_utf8({&octets.back(), 1}, pair.name), one) << pair.name;
      text += one;
    }
    EXPECT_EQ(to_utf8(octets, pair.name), text) << pair.name;
  }
}

}  // namespace
}  // namespace mailtool::mime
