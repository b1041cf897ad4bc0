#include "mailtool/mime/transfer_encoding.h"

#include "filtered.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"
#include "mailtool/mime/header.h"

namespace mailtool::mime {
namespace {

using test::filtered;
using test::noise;

TEST(TransferEncoding, Names) {
  struct {
    const char* value;
    TransferEncoding encoding;
    bool known;
  } const cases[] = {
      {"base64", TransferEncoding::base64, true},
      {" BASE64 (x)\r\n ", TransferEncoding::base64, true},
      {"\r\n Quoted-Printable", TransferEncoding::quoted_printable, true},
      {"(c) 7bit", TransferEncoding::identity, true},
      {"8BIT", TransferEncoding::identity, true},
      {"binary", TransferEncoding::identity, true},
      {"x-uuencode", TransferEncoding::uuencode, true},
      {"UUENCODE", TransferEncoding::uuencode, true},
      {"x-uue", TransferEncoding::uuencode, true},
      {"x-yencode", TransferEncoding::yenc, true},
      {"yEnc", TransferEncoding::yenc, true},
      {"binhex40", TransferEncoding::binhex, true},
      {"mac-binhex40", TransferEncoding::binhex, true},
      {"x-binhex40", TransferEncoding::binhex, true},
      {"x-uuencoded", TransferEncoding::identity, false},
      {"zip", TransferEncoding::identity, false},
      {"base 64", TransferEncoding::identity, false},
      {"", TransferEncoding::identity, false},
  };
  for (const auto& c : cases) {
    bool known = !c.known;
    EXPECT_EQ(parse_transfer_encoding(c.value, &known), c.encoding) << c.value;
    EXPECT_EQ(known, c.known) << c.value;
  }
}

TEST(MakeDecoder, OneForEach) {
  for (const auto& [encoding, text] :
       {std::pair{TransferEncoding::identity, "a=41"},
        std::pair{TransferEncoding::quoted_printable, "a=3D41"},
        std::pair{TransferEncoding::base64, "YT00MQ=="}}) {
    StringSink out(100);
    const auto decoder = make_decoder(encoding, out);
    test::pour(*decoder, text, 3);
    EXPECT_EQ(out.text(), "a=41");
  }
}

TEST(Base64Encoder, KnownAnswers) {
  EXPECT_EQ(filtered<Base64Encoder>("", 1), "");
  EXPECT_EQ(filtered<Base64Encoder>("f", 1), "Zg==\r\n");
  EXPECT_EQ(filtered<Base64Encoder>("foobar", 2), "Zm9vYmFy\r\n");
  const auto line = std::string(76, 'A') + "\r\n";
  EXPECT_EQ(filtered<Base64Encoder>(std::string(57, '\0'), 7), line);
  EXPECT_EQ(filtered<Base64Encoder>(std::string(58, '\0'), 7),
            line + "AA==\r\n");
}

TEST(Base64, RoundTripOfAllSizes) {
  const auto octets = noise(700);
  for (std::size_t size = 0; size <= octets.size(); ++size) {
    const auto text = std::string_view(octets).substr(0, size);
    const auto encoded = filtered<Base64Encoder>(text, 700);
    ASSERT_EQ(filtered<Base64Encoder>(text, 1 + size % 5), encoded);
    ASSERT_LE(longest_line(encoded), 76u);
    ASSERT_EQ(unfold(encoded), base64_encode(text));
    ASSERT_EQ(filtered<Base64Decoder>(encoded, 1 + size % 7), text);
  }
}

TEST(QuotedPrintableEncoder, KnownAnswers) {
  struct {
    const char* why;
    std::string text;
    std::string encoded;
  } const cases[] = {
      {"empty", "", ""},
      {"plain", "abc\n", "abc\r\n"},
      {"no last line end", "abc", "abc\r\n"},
      {"equals", "a=b", "a=3Db\r\n"},
      {"8 bit", "\xc3\xbc", "=C3=BC\r\n"},
      {"blank at a line end", "a \nb\t\r\nc ", "a=20\r\nb=09\r\nc=20\r\n"},
      {"From", "From x\nFrom\nFromage\n From x",
       "From=20x\r\nFrom\r\nFromage\r\n From x\r\n"},
      {"dot", ".\n..a\na.", "=2E\r\n=2E.a\r\na.\r\n"},
      {"bare CR", "a\rb\r", "a=0Db=0D\r\n"},
      {"NUL", std::string("\0", 1), "=00\r\n"},
      {"tab inside", "a\tb", "a\tb\r\n"},
      {"empty lines", "\n\r\n", "\r\n\r\n"},
  };
  for (const auto& c : cases) {
    for (std::size_t chunk = 1; chunk <= 4; ++chunk) {
      EXPECT_EQ(filtered<QuotedPrintableEncoder>(c.text, chunk), c.encoded)
          << c.why;
    }
  }
  EXPECT_EQ(filtered<QuotedPrintableEncoder>(std::string(76, 'a'), 9),
            std::string(75, 'a') + "=\r\na\r\n");
}

// Text of a hostile alphabet in all sizes: CRLF line ends come back.
TEST(QuotedPrintable, RoundTripOfAllSizes) {
  const std::string alphabet[] = {"a", " ", "\t",    "\n",   "\r\n", "\r",
                                  "=", ".", "From ", "\xff", "F"};
  std::string text;
  for (std::size_t i = 0; i < 600; ++i) {
    text += alphabet[static_cast<unsigned char>(
                         noise(1, static_cast<unsigned>(i))[0]) %
                     std::size(alphabet)];
    const auto expected = filtered<CrlfFilter>(text, 1000);
    const auto encoded = filtered<QuotedPrintableEncoder>(text, 5000);
    ASSERT_EQ(filtered<QuotedPrintableEncoder>(text, 1 + i % 4), encoded);
    ASSERT_TRUE(is_ascii(encoded));
    ASSERT_LE(longest_line(encoded), 76u);
    ASSERT_EQ(encoded.find("\r\n."), std::string::npos);
    ASSERT_EQ(encoded.find("\r\nFrom "), std::string::npos);
    ASSERT_EQ(filtered<QuotedPrintableDecoder>(encoded, 1 + i % 6), expected);
  }
}

TEST(CrlfFilter, Table) {
  struct {
    std::string text;
    std::string crlf;
  } const cases[] = {
      {"", ""},
      {"a", "a\r\n"},
      {"a\n", "a\r\n"},
      {"a\r\n", "a\r\n"},
      {"\n\n", "\r\n\r\n"},
      {"a\r", "a\r\r\n"},
      {"a\rb\n", "a\rb\r\n"},
      {"a\r\nb\nc", "a\r\nb\r\nc\r\n"},
  };
  for (const auto& c : cases) {
    for (std::size_t chunk = 1; chunk <= 4; ++chunk) {
      EXPECT_EQ(filtered<CrlfFilter>(c.text, chunk), c.crlf);
    }
  }
}

TEST(TextScan, Is7bit) {
  const auto is_7bit = [](std::string_view text) {
    TextScan whole, pieces;
    whole.add(text);
    for (const char c : text) pieces.add({&c, 1});
    EXPECT_EQ(whole.is_7bit(998), pieces.is_7bit(998));
    return whole.is_7bit(998);
  };
  EXPECT_TRUE(is_7bit(""));
  EXPECT_TRUE(is_7bit("a\tb\r\nc\n"));
  EXPECT_TRUE(is_7bit(std::string(998, 'a') + "\r\n"));
  EXPECT_FALSE(is_7bit(std::string(999, 'a') + "\r\n"));
  EXPECT_FALSE(is_7bit("\xc3\xbc"));
  EXPECT_FALSE(is_7bit("a\rb"));
  EXPECT_FALSE(is_7bit("a\r"));
  EXPECT_FALSE(is_7bit("a\nFrom b\n"));
  EXPECT_FALSE(is_7bit(std::string_view("\0", 1)));
  EXPECT_TRUE(is_7bit("From\nFro"));
}

// No encoded line begins with "-", wherever a soft line break falls, and
// whatever the pieces are; what it decodes to is the same.
TEST(QuotedPrintable, DashesAtTheBeginning) {
  using Encoder = QuotedPrintableEncoder;
  for (std::size_t before = 0; before < 160; ++before) {
    const auto text =
        "--a\r\n-\r\n" + std::string(before, 'x') + "---- -\r\n--";
    std::string whole;
    for (const std::size_t chunk : {1000u, 1u, 7u}) {
      StringSink out(test::kPlenty);
      Encoder encoder(out, vector_level(), Encoder::Dash::encoded);
      test::pour(encoder, text, chunk);
      if (chunk == 1000) whole = out.text();
      EXPECT_EQ(out.text(), whole);
    }
    EXPECT_FALSE(whole.starts_with('-'));
    EXPECT_EQ(whole.find("\n-"), whole.npos) << before;
    EXPECT_LE(longest_line(whole), 76u);
    EXPECT_EQ(test::filtered<QuotedPrintableDecoder>(whole, 9), text + "\r\n");
  }
}

// The choice is the better one by what the encoders make of the text, or costs
// a few octets a line.
TEST(TextScan, ShorterByTheOctet) {
  for (const auto* line_end : {"\r\n", "\n"}) {
    for (std::size_t length : {3u, 40u, 76u, 150u, 900u}) {
      for (unsigned percent = 0; percent <= 100; percent += 2) {
        std::string text;
        for (std::size_t i = 0; i < 50 * length; ++i) {
          text += i * 37 % 100 < percent ? '\xe4' : 'e';
          if (i % length == length - 1) text += line_end;
        }
        TextScan scan;
        scan.add(text);
        const auto quoted =
            test::filtered<QuotedPrintableEncoder>(text, 4096).size();
        const auto base64 = test::filtered<Base64Encoder>(
                                test::filtered<CrlfFilter>(text, 4096), 4096)
                                .size();
        const bool chosen = scan.shorter() == TransferEncoding::base64;
        EXPECT_LE(chosen ? base64 : quoted,
                  (chosen ? quoted : base64) + 50 * (length / 75 + 1) * 4)
            << length << ' ' << percent;
      }
    }
  }
}

TEST(TextScan, Shorter) {
  TextScan western, other;
  western.add(
      "Gr\xc3\xbc\xc3\x9f"
      "e aus dem S\xc3\xbc"
      "den an alle im Norden\n");
  EXPECT_EQ(western.shorter(), TransferEncoding::quoted_printable);
  other.add("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\n");
  EXPECT_EQ(other.shorter(), TransferEncoding::base64);
}

// 20 MB in one line, of what each decoder must hold back longest.
TEST(Decoders, HugeLinesAreLinear) {
  constexpr std::size_t kSize = 20'000'000;
  EXPECT_EQ(filtered<Base64Decoder>(std::string(kSize, 'A'), 65536).size(),
            kSize / 4 * 3);
  EXPECT_EQ(filtered<Base64Decoder>(std::string(kSize, '='), 65536), "");
  EXPECT_EQ(
      filtered<QuotedPrintableDecoder>(std::string(kSize, '='), 65536).size(),
      kSize - 1);
  EXPECT_LE(
      filtered<QuotedPrintableDecoder>(std::string(kSize, ' '), 65536).size(),
      kSize);
  EXPECT_EQ(
      filtered<QuotedPrintableDecoder>(std::string(kSize, '\r'), 65536).size(),
      kSize);
}

}  // namespace
}  // namespace mailtool::mime
