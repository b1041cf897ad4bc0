#include "mailtool/mime/yenc.h"

#include <gtest/gtest.h>

#include "encoded_samples.h"
#include "filtered.h"
#include "mime/checksum.h"

namespace mailtool::mime {
namespace {

using test::all_octets;
using test::yenc;
using test::yenc_part;

struct Decoded {
  std::string octets, name;
  bool defective;
  friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded decode(std::string_view text, std::size_t chunk) {
  StringSink out(test::kPlenty);
  YencDecoder decoder(out);
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

// "123456789" is what the catalogues of checksums give.
TEST(Checksum, KnownAnswers) {
  EXPECT_EQ(crc32(0, "123456789"), 0xcbf43926u);
  EXPECT_EQ(crc32(0, ""), 0u);
  std::uint16_t crc = 0;
  for (const char c : std::string_view("123456789")) {
    crc = crc16_run(crc, static_cast<std::uint8_t>(c), 1);
  }
  EXPECT_EQ(crc, 0x31c3);
}

TEST(Checksum, EqualsTheSlowOne) {
  const auto octets = test::noise(100);
  for (std::size_t size = 0; size <= octets.size(); ++size) {
    const auto text = std::string_view(octets).substr(0, size);
    ASSERT_EQ(crc32(0, text), test::slow_crc32(text));
    ASSERT_EQ(crc32(crc32(0, text.substr(0, size / 3)), text.substr(size / 3)),
              test::slow_crc32(text));
  }
}

TEST(Checksum, RunsAreRepeatedOctets) {
  for (std::size_t times = 0; times < 256; ++times) {
    std::uint16_t crc = 0x1234;
    for (std::size_t i = 0; i < times; ++i) crc = crc16_run(crc, 0xa7, 1);
    ASSERT_EQ(crc16_run(0x1234, 0xa7, times), crc);
  }
}

TEST(YencDecoder, AllOctets) {
  EXPECT_EQ(decode_every_split(yenc("a b.bin", all_octets())),
            (Decoded{all_octets(), "a b.bin", false}));
}

TEST(YencDecoder, EverySize) {
  const auto octets = test::noise(600);
  for (std::size_t size = 0; size <= octets.size(); size += 7) {
    const auto text = octets.substr(0, size);
    EXPECT_EQ(decode(yenc("x", text), 61), (Decoded{text, "x", false}));
  }
}

TEST(YencDecoder, JoinsParts) {
  const auto octets = test::noise(1000);
  const auto one = yenc_part(octets, 1, 3, 0, 400);
  const auto two = yenc_part(octets, 2, 3, 400, 900);
  const auto three = yenc_part(octets, 3, 3, 900, 1000);
  EXPECT_EQ(decode_every_split("text\n" + one + "\n" + two + three + "text"),
            (Decoded{octets, "parts.bin", false}));
  EXPECT_EQ(decode(two, 100),
            (Decoded{octets.substr(400, 500), "parts.bin", false}));
  EXPECT_TRUE(decode(one + three, 100).defective);
  EXPECT_TRUE(decode(two + one, 100).defective);

  StringSink out(test::kPlenty);
  YencDecoder decoder(out);
  test::pour(decoder, two, 1000);
  EXPECT_EQ(decoder.part_offset(), 400u);
}

TEST(YencDecoder, Defects) {
  const auto good = yenc("x", "Cat");
  const auto replaced = [&](std::string_view what, std::string_view with) {
    auto text = good;
    text.replace(text.find(what), what.size(), with);
    return text;
  };
  const struct {
    const char* why;
    std::string text;
    std::string octets;
  } cases[] = {
      {"no file", "text\n", ""},
      {"size at the end", replaced("=yend size=3", "=yend size=4"), "Cat"},
      {"size at the beginning", replaced("size=3 n", "size=4 n"), "Cat"},
      {"crc", replaced("crc32=", "crc32=1"), "Cat"},
      {"crc is none", replaced("crc32=", "crc32=x"), "Cat"},
      {"no end", good.substr(0, good.find("=yend")), "Cat"},
      {"no line=", replaced("line=128 ", ""), ""},
      {"4 GB announced", replaced("size=3 n", "size=4294967296 n"), "Cat"},
      {"size out of range",
       replaced("size=3 n", "size=99999999999999999999999 n"), ""},
      {"escape before a line end", replaced("\r\n=yend", "=\r\n=yend"), "Cat"},
      {"begins twice", good.substr(0, good.find("=yend")) + good, "CatCat"},
  };
  for (const auto& c : cases) {
    const auto decoded = decode_every_split(c.text);
    EXPECT_TRUE(decoded.defective) << c.why;
    EXPECT_EQ(decoded.octets, c.octets) << c.why;
  }
}

TEST(YencDecoder, OneLongLine) {
  const auto octets = test::noise(10'000);
  const std::string text = "=ybegin line=1000000 size=10000 name=x\n" +
                           test::yenc_lines(octets, 1'000'000) +
                           "=yend size=10000\n";
  for (const std::size_t chunk : {1u, 999u, 1000u, 1001u, 4097u, 99'999u}) {
    EXPECT_EQ(decode(text, chunk), (Decoded{octets, "x", false}));
  }
}

}  // namespace
}  // namespace mailtool::mime
