#include "mailtool/mime/uuencode.h"

#include <gtest/gtest.h>

#include "encoded_samples.h"
#include "filtered.h"

namespace mailtool::mime {
namespace {

using test::all_octets;
using test::uuencoded;

// Made by another program: zero as a blank.
constexpr std::string_view kWithBlanks = R"uu(begin 644 all.bin
M  $" P0%!@<("0H+# T.#Q 1$A,4%187&!D:&QP='A\@(2(C)"4F)R@I*BLL
M+2XO,#$R,S0U-C<X.3H[/#T^/T!!0D-$149'2$E*2TQ-3D]045)35%565UA9
M6EM<75Y?8&%B8V1E9F=H:6IK;&UN;W!Q<G-T=79W>'EZ>WQ]?G^ @8*#A(6&
MAXB)BHN,C8Z/D)&2DY25EI>8F9J;G)V>GZ"AHJ.DI::GJ*FJJZRMKJ^PL;*S
MM+6VM[BYNKN\O;Z_P,'"P\3%QL?(R<K+S,W.S]#1TM/4U=;7V-G:V]S=WM_@
?X>+CY.7FY^CIZNOL[>[O\/'R\_3U]O?X^?K[_/W^_P  
 
end
)uu";

struct Decoded {
  std::string octets, name;
  bool defective;
  friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded decode(std::string_view text, std::size_t chunk) {
  StringSink out(test::kPlenty);
  UuDecoder decoder(out);
  test::pour(decoder, text, chunk);
  return {out.take(), decoder.name(), decoder.defective()};
}

Decoded decode_every_split(std::string_view text) {
  auto whole = decode(text, text.size() + 1);
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    EXPECT_EQ(decode(text, chunk), whole) << "pieces of " << chunk;
  }
  return whole;
}

TEST(UuDecoder, AllOctetsInEveryForm) {
  const Decoded expected{all_octets(), "all.bin", false};
  const std::string blanks(kWithBlanks);
  EXPECT_EQ(decode_every_split(blanks), expected);
  EXPECT_EQ(decode_every_split(uuencoded("all.bin", all_octets())), expected);
  std::string crlf, stripped;
  for (const char c : blanks) {
    while (c == '\n' && !stripped.empty() && stripped.back() == ' ') {
      stripped.pop_back();
    }
    crlf += c == '\n' ? "\r\n" : std::string(1, c);
    stripped += c;
  }
  EXPECT_EQ(decode_every_split(crlf), expected);
  EXPECT_EQ(decode_every_split(stripped), expected);
}

TEST(UuDecoder, EverySize) {
  const auto octets = test::noise(200);
  for (std::size_t size = 0; size <= octets.size(); ++size) {
    const auto text = octets.substr(0, size);
    EXPECT_EQ(decode(uuencoded("x", text), 17), (Decoded{text, "x", false}));
  }
}

TEST(UuDecoder, Table) {
  struct {
    const char* why;
    std::string text;
    Decoded decoded;
  } const cases[] = {
      {"empty body", "", {"", "", true}},
      {"no begin line", "some text\n#0V%T\n", {"", "", true}},
      {"junk before",
       "junk\n\nbegin 644 x\n#0V%T\n`\nend\n",
       {"Cat", "x", false}},
      {"junk behind",
       "begin 644 x\n#0V%T\n`\nend\njunk\n",
       {"Cat", "x", false}},
      {"no name", "begin 644\n#0V%T\n`\nend\n", {"Cat", "", false}},
      {"four digits",
       "begin 0644 a b \n#0V%T\n`\nend\n",
       {"Cat", "a b", false}},
      {"no mode", "begin x\n#0V%T\n`\nend\n", {"", "", true}},
      {"no end", "begin 644 x\n#0V%T\n`\n", {"Cat", "x", true}},
      {"no end nor count 0", "begin 644 x\n#0V%T", {"Cat", "x", true}},
      {"end, no count 0", "begin 644 x\n#0V%T\nend\n", {"Cat", "x", false}},
      {"checksum column", "begin 644 x\n#0V%Tz\n`\nend\n", {"Cat", "x", false}},
      {"long line",
       "begin 644 x\n#0V%T" + std::string(3000, 'z') + "\n`\nend\n",
       {"Cat", "x", false}},
      {"blank lost",
       "begin 644 x\n#0V\n`\nend\n",
       {std::string("C`\0", 3), "x", false}},
      {"junk inside",
       "begin 644 x\n#0V%T\n-- list footer\n#0V%T\n`\nend\n",
       {"CatCat", "x", true}},
      {"another begin line",
       "begin 644 x\n#0V%T\nbegin 644 y\n#0V%T\nend\n",
       {"Cat", "x", true}},
      {"count above 45",
       "begin 644 x\n_0V%T\n`\nend\n",
       {"Cat" + std::string(60, '\0'), "x", false}},
      {"base64",
       "begin-base64 644 hello.txt\n"
       "SGVsbG8sIHdvcmxkCm5vdyB3aXRoIG1vcmUgb2N0ZXRz\n====\n",
       {"Hello, world\nnow with more octets", "hello.txt", false}},
      {"base64 padded",
       "begin-base64 644 x\nQQ==\nQUI=\n====\n",
       {"AAB", "x", false}},
      {"base64 without end", "begin-base64 644 x\nQUJD\n", {"ABC", "x", true}},
      {"base64 junk line",
       "begin-base64 644 x\nQUJD\n---\nQUJD\n====\n",
       {"ABCABC", "x", true}},
      {"name in Latin-1",
       "begin 644 \xfc.txt\n`\nend\n",
       {"", "\xc3\xbc.txt", false}},
      {"controls in the name",
       std::string("begin 644 a\0b\x1b[c\n`\nend\n", 24),
       {"", "a_b_[c", false}},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(decode_every_split(c.text), c.decoded) << c.why;
  }
}

TEST(UuDecoder, DefectNamesItsLine) {
  StringSink out(100);
  UuDecoder decoder(out);
  test::pour(decoder, "begin 644 x\n#0V%T\n-- no\n`\nend\n", 5);
  ASSERT_EQ(decoder.defects().size(), 1u);
  EXPECT_EQ(decoder.defects()[0].rule, DefectRule::embedded_file_malformed);
  EXPECT_EQ(decoder.defects()[0].offset, 18u);
}

TEST(IsUuData, BelievesDataOnly) {
  const auto uu = parse_uu_begin("begin 644 x");
  const auto base64 = parse_uu_begin("begin-base64 644 x");
  ASSERT_TRUE(uu && base64);
  for (const char* line : {"#0V%T", "#0V%TX", "`", " ", "#0V", "M0"}) {
    EXPECT_TRUE(is_uu_data(*uu, line)) << line;
  }
  for (const char* line : {"", "Dear all,", "like this", "#0V%Tabcdefgh", "end",
                           "`abc", "_0V%T"}) {
    EXPECT_FALSE(is_uu_data(*uu, line)) << line;
  }
  for (const char* line : {"QUJD", "QQ==", "====", "QUJD \t"}) {
    EXPECT_TRUE(is_uu_data(*base64, line)) << line;
  }
  for (const char* line : {"", "QUJ", "Q-JD"}) {
    EXPECT_FALSE(is_uu_data(*base64, line)) << line;
  }
}

TEST(ParseUuBegin, Refuses) {
  for (const char* line :
       {"", "begin", "begin ", "begin 64 x", "begin 64444 x", "begin 688 x",
        "begin 644x", "Begin 644 x", " begin 644 x", "begin-base 644 x",
        "beginning 644 x"}) {
    EXPECT_FALSE(parse_uu_begin(line)) << line;
  }
}

}  // namespace
}  // namespace mailtool::mime
