#include "decoded.h"
#include "mailtool/base/base64.h"

namespace mailtool::mime {
namespace {

using test::check;
using test::decoded;
using test::DecoderCase;
using test::levels;
using test::noise;

constexpr auto kJunk = DefectRule::base64_junk;
constexpr auto kInside = DefectRule::base64_padding_inside;
constexpr auto kTruncated = DefectRule::base64_truncated;

// RFC 4648 section 10.
TEST(Base64Decoder, Rfc4648) {
  const DecoderCase cases[] = {
      {"", "", ""},
      {"", "Zg==", "f"},
      {"", "Zm8=", "fo"},
      {"", "Zm9v", "foo"},
      {"", "Zm9vYg==", "foob"},
      {"", "Zm9vYmE=", "fooba"},
      {"", "Zm9vYmFy", "foobar"},
  };
  for (const auto& c : cases) check<Base64Decoder>(c);
}

TEST(Base64Decoder, Table) {
  const DecoderCase cases[] = {
      {"lines", "Zm9v\r\nYmFy\r\n", "foobar"},
      {"LF", "Zm9v\nYmFy\n", "foobar"},
      {"line end inside a group", "Zm\r\n9v", "foo"},
      {"bare CR", "Zm9v\rYmFy\r\r\n", "foobar"},
      {"empty lines", "\n\nZm9v\n\n\nYmFy\n\n", "foobar"},
      {"blanks", " Y W J j \t", "abc"},
      {"junk", "Z!m-9*v", "foo", {{kJunk, 1, 1}}},
      {"a run of junk", "Zm9v@@@!\x80Ym@Fy", "foobar", {{kJunk, 4, 5}}},
      {"junk alone", "***", "", {{kJunk, 0, 3}}},
      {"8 bit junk and NUL",
       std::string("Z\xffm9\0v", 6),
       "foo",
       {{kJunk, 1, 1}}},
      {"the alphabet for URLs is none of ours",
       "Zm-v_g==",
       "fk\xe0",
       {{kJunk, 2, 1}}},
      {"padding in the middle", "YQ==YWI=", "aab", {{kInside, 2, 2}}},
      {"padding, line end, more", "YQ==\r\nYg==", "ab", {{kInside, 2, 2}}},
      {"padding on two lines", "YQ=\n=\nYg==", "ab", {{kInside, 2, 3}}},
      {"the first padding inside", "YQ==YQ==YQ==", "aaa", {{kInside, 2, 2}}},
      {"one pad too few", "YQ=\r\n", "a", {{kTruncated, 0, 3}}},
      {"one pad too few, and more",
       "YQ=YWI=",
       "aab",
       {{kInside, 2, 1}, {kTruncated, 0, 3}}},
      {"too much padding", "YQ=====", "a", {{kJunk, 4, 3}}},
      {"padding after whole groups", "YWJj=", "abc", {{kJunk, 4, 1}}},
      {"only padding", "=", "", {{kJunk, 0, 1}}},
      {"no padding, one octet", "YQ", "a", {{kTruncated, 0, 2}}},
      {"no padding, two octets", "\nYWI\n", "ab", {{kTruncated, 1, 3}}},
      {"a cut group over two lines", "YW\nI\n", "ab", {{kTruncated, 0, 4}}},
      {"lone character", "YWJjZ", "abc", {{kTruncated, 4, 1}}},
      {"lone character, padded", "YWJjZ===", "abc", {{kTruncated, 4, 4}}},
      {"footer of a list",
       "YWJj\r\n--\r\nlist\r\n",
       "abc\x96+-",
       {{kJunk, 6, 2}}},
  };
  for (const auto& c : cases) check<Base64Decoder>(c);
}

TEST(Base64Decoder, StopsAtPadding) {
  const DecoderCase cases[] = {
      {"nothing behind", "YQ==\r\n", "a"},
      {"more behind", "YQ==\r\nYg==", "a", {{kInside, 2, 2}}},
      {"junk far behind is not looked at", "YQ==YQ==*", "a", {{kInside, 2, 2}}},
      {"junk right behind", "YQ==*YQ==", "a", {{kJunk, 4, 1}, {kInside, 2, 2}}},
      {"too few pads", "YQ=Yg==", "a", {{kInside, 2, 1}, {kTruncated, 0, 3}}},
      {"padding that belongs nowhere", "=YWJj=YWJj", "abcabc", {{kJunk, 0, 1}}},
  };
  for (const auto& c : cases)
    check<Base64Decoder>(c, {.stop_at_padding = true});
}

// Lines of any length and end, over the borders of all blocks.
TEST(Base64Decoder, LinesOfAllLengths) {
  const auto octets = noise(3000);
  const auto encoded = base64_encode(octets);
  for (const std::string_view end : {"\n", "\r\n", "\r\n\r\n", " \n", "\r"}) {
    for (std::size_t length = 1; length < 140; ++length) {
      std::string text;
      for (std::size_t i = 0; i < encoded.size(); i += length) {
        text += encoded.substr(i, length);
        text += end;
      }
      for (const auto level : levels()) {
        for (const std::size_t chunk : {text.size(), std::size_t{997}}) {
          const auto got = decoded<Base64Decoder>(text, chunk, level);
          ASSERT_EQ(got.octets, octets) << length;
          ASSERT_TRUE(got.defects.empty()) << length;
        }
      }
    }
  }
}

// Every octet at every place of a clean text of some blocks.
TEST(Base64Decoder, EveryOctetEverywhere) {
  const auto clean = base64_encode(noise(150));
  for (unsigned octet = 0; octet < 256; ++octet) {
    for (std::size_t at = 0; at < clean.size(); ++at) {
      auto text = clean;
      text[at] = static_cast<char>(octet);
      const auto expected =
          decoded<Base64Decoder>(text, 1, VectorLevel::scalar);
      for (const auto level : levels()) {
        ASSERT_EQ(decoded<Base64Decoder>(text, text.size(), level), expected)
            << octet << " at " << at;
      }
    }
  }
}

// Text of a hostile alphabet: all levels and cuts give what single octets do.
TEST(Base64Decoder, LevelsAgree) {
  constexpr std::string_view kRare = "=\r\n *\xff=\n";
  for (unsigned seed = 1; seed < 400; ++seed) {
    auto text = base64_encode(noise(40 + seed % 300, seed));
    const auto places = noise(seed % 24, seed + 1000);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto at =
          (static_cast<unsigned char>(places[i]) + i * 31) % (text.size() + 1);
      text.insert(at, 1, kRare[(seed + i) % kRare.size()]);
    }
    for (const bool stop : {false, true}) {
      const DecodePolicy policy{.stop_at_padding = stop};
      const auto expected =
          decoded<Base64Decoder>(text, 1, VectorLevel::scalar, policy);
      for (const auto level : levels()) {
        for (const std::size_t chunk : {3u, 64u, 79u, 1000u}) {
          ASSERT_EQ(decoded<Base64Decoder>(text, chunk, level, policy),
                    expected)
              << seed;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mailtool::mime
