#include "decoded.h"

namespace mailtool::mime {
namespace {

using test::check;
using test::decoded;
using test::DecoderCase;
using test::levels;
using test::noise;

constexpr auto kInvalid = DefectRule::quoted_printable_invalid;
constexpr auto kBlanks = DefectRule::quoted_printable_trailing_blanks;

TEST(QuotedPrintableDecoder, Table) {
  const DecoderCase cases[] = {
      {"empty", "", ""},
      {"plain", "abc\r\ndef", "abc\r\ndef"},
      {"hex pair", "a=3Db=C3=BC", "a=b\xc3\xbc"},
      {"lower case", "=3d=c3=bC", "=\xc3\xbc"},
      {"a pair that makes a line end", "a=0D=0Ab =0D", "a\r\nb \r"},
      {"soft break", "a=\r\nb=\nc", "abc"},
      {"soft breaks in a row", "a=\n=\n=\r\n=\r\nb", "ab"},
      {"soft break with blanks", "a= \t\r\nb= \nc", "abc", {{kBlanks, 2, 2}}},
      {"rule 3", "a \t\r\nb \nc", "a\r\nb\nc", {{kBlanks, 1, 2}}},
      {"rule 3, the first line", "  \nb", "\nb", {{kBlanks, 0, 2}}},
      {"rule 3 at the end of the body", "ab \t", "ab", {{kBlanks, 2, 2}}},
      {"rule 3 behind a pair", "a=20 \n", "a \n", {{kBlanks, 4, 1}}},
      {"rule 3 behind a soft break", "a=\n \nb", "a\nb", {{kBlanks, 3, 1}}},
      {"encoded blank stays", "a=20\r\nb=09\r\n", "a \r\nb\t\r\n"},
      {"blank then soft break", "a =\r\nb", "a b"},
      {"blanks inside", "a  b", "a  b"},
      {"blanks before a bare CR", "a \rb \r", "a \rb \r"},
      {"CR CR LF", "a \r\r\nb", "a \r\r\nb"},
      {"not hex", "a=XYb=ZZ", "a=XYb=ZZ", {{kInvalid, 1, 1}}},
      {"half hex", "a=4Xb", "a=4Xb", {{kInvalid, 1, 1}}},
      {"half hex, then a pair", "=4=41", "=4A", {{kInvalid, 0, 1}}},
      {"equals twice", "a==41", "a=A", {{kInvalid, 1, 1}}},
      {"a run of equals", "a====41", "a===A", {{kInvalid, 1, 3}}},
      {"equals, blanks, text", "a=  b", "a=  b", {{kInvalid, 1, 1}}},
      {"equals, blank, pair", "a= =41", "a= A", {{kInvalid, 1, 1}}},
      {"equals, bare CR", "a=\rb", "a=\rb", {{kInvalid, 1, 1}}},
      {"equals, blank, CR, CR LF",
       "a= \r\r\n",
       "a= \r\r\n",
       {{kInvalid, 1, 1}}},
      {"equals, digit, line end", "a=4\r\nb", "a=4\r\nb", {{kInvalid, 1, 1}}},
      {"equals, digit, blank, line end",
       "a=4 \nb",
       "a=4\nb",
       {{kInvalid, 1, 1}, {kBlanks, 3, 1}}},
      {"equals at the end", "abc=", "abc"},
      {"equals and blanks at the end", "abc= \t", "abc", {{kBlanks, 4, 2}}},
      {"equals and CR at the end", "abc=\r", "abc"},
      {"equals, one digit at the end", "abc=4", "abc=4", {{kInvalid, 3, 1}}},
      {"bare CR", "a\rb", "a\rb"},
      {"bare CR at the end", "a\r", "a\r"},
      {"8 bit and NUL", std::string("a\xff\0b", 4), std::string("a\xff\0b", 4)},
      {"soft break at the end", "a=\r\n", "a"},
  };
  for (const auto& c : cases) check<QuotedPrintableDecoder>(c);
}

TEST(QuotedPrintableDecoder, KeepsTrailingBlanks) {
  const DecoderCase cases[] = {
      {"LF", "a \t\nb", "a \t\nb", {{kBlanks, 1, 2}}},
      {"CRLF", "a \r\nb", "a \r\nb", {{kBlanks, 1, 1}}},
      {"end", "a ", "a ", {{kBlanks, 1, 1}}},
      {"behind equals",
       "a= \nb=\n",
       "a= \nb",
       {{kInvalid, 1, 1}, {kBlanks, 2, 1}}},
      {"behind equals, CRLF",
       "a= \r\nb",
       "a= \r\nb",
       {{kInvalid, 1, 1}, {kBlanks, 2, 1}}},
      {"behind equals at the end",
       "a= ",
       "a= ",
       {{kInvalid, 1, 1}, {kBlanks, 2, 1}}},
  };
  for (const auto& c : cases) {
    check<QuotedPrintableDecoder>(c, {.keep_trailing_blanks = true});
  }
}

// A run of blanks is followed to its end as far as kMaxBlanks, in a line and
// behind "=", however it is cut; a longer one is data.
TEST(QuotedPrintableDecoder, BlanksUpToTheLimit) {
  constexpr auto kMost = QuotedPrintableDecoder::kMaxBlanks;
  for (const std::size_t count : {kMost - 1, kMost, kMost + 1, 3 * kMost}) {
    const std::string blanks(count, ' ');
    const bool data = count > kMost;
    for (const std::string before : {"a", "a="}) {
      for (const std::string end : {"\n", "\r\n", ""}) {
        const auto text = before + blanks + end;
        const auto line_end = before == "a" ? end : "";
        const auto expected = data ? text : "a" + line_end;
        for (const auto level : levels()) {
          for (const std::size_t chunk : {text.size(), kMost, std::size_t{7}}) {
            const auto got =
                decoded<QuotedPrintableDecoder>(text, chunk, level);
            ASSERT_EQ(got.octets, expected) << count << ' ' << chunk;
            ASSERT_EQ(got.defects.empty(), data && before == "a");
          }
        }
      }
    }
  }
}

// Every octet at every place of a text of some blocks.
TEST(QuotedPrintableDecoder, EveryOctetEverywhere) {
  const std::string clean =
      "The =C3=9Cber word, and then some more of it, to the end of this =\r\n"
      "line.  \n=41=\nx =20\r\nLast, a long line that has no escape in it: it "
      "is followed by =D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82 \r\n";
  for (unsigned octet = 0; octet < 256; ++octet) {
    for (std::size_t at = 0; at < clean.size(); ++at) {
      auto text = clean;
      text[at] = static_cast<char>(octet);
      const auto expected =
          decoded<QuotedPrintableDecoder>(text, 1, VectorLevel::scalar);
      for (const auto level : levels()) {
        ASSERT_EQ(decoded<QuotedPrintableDecoder>(text, text.size(), level),
                  expected)
            << octet << " at " << at;
      }
    }
  }
}

// Text of a hostile alphabet: all levels and cuts give what single octets do.
TEST(QuotedPrintableDecoder, LevelsAgree) {
  constexpr std::string_view kPieces[] = {
      "=41",
      "=\r\n",
      "=\n",
      "=",
      " ",
      "\t",
      "\r\n",
      "\n",
      "\r",
      "a",
      "=e9",
      "4",
      "= ",
      " \n",
      "word and word, ",
      "a line of text that is longer than a block of thirty-two octets"};
  for (unsigned seed = 1; seed < 1500; ++seed) {
    std::string text(seed % 40, 'x');
    for (const char c : noise(10 + seed % 100, seed)) {
      // Seeds differ in how rare the last, long pieces are.
      const auto n = static_cast<unsigned char>(c);
      text += kPieces[seed % 3 == 0 ? n % 14 : n % std::size(kPieces)];
    }
    const DecodePolicy policy{.keep_trailing_blanks = seed % 5 == 0};
    const auto expected =
        decoded<QuotedPrintableDecoder>(text, 1, VectorLevel::scalar, policy);
    for (const auto level : levels()) {
      for (const std::size_t chunk : {3u, 33u, 64u, 100'000u}) {
        ASSERT_EQ(decoded<QuotedPrintableDecoder>(text, chunk, level, policy),
                  expected)
            << testing::PrintToString(text);
      }
    }
  }
}

}  // namespace
}  // namespace mailtool::mime
