#include "mailtool/mime/binhex.h"

#include <gtest/gtest.h>

#include "encoded_samples.h"
#include "filtered.h"

namespace mailtool::mime {
namespace {

using test::binhex_data;
using test::kBinHex;

struct Decoded {
  std::string octets, name, type_creator;
  bool defective;
  friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded decode(std::string_view text, std::size_t chunk) {
  StringSink out(test::kPlenty);
  BinHexDecoder decoder(out);
  test::pour(decoder, text, chunk);
  return {out.take(), decoder.name(), decoder.type_creator(),
          decoder.defective()};
}

Decoded decode_every_split(std::string_view text) {
  auto whole = decode(text, text.size() + 1);
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    EXPECT_EQ(decode(text, chunk), whole) << "pieces of " << chunk;
  }
  return whole;
}

// The name is "na", 0x8a in Mac OS Roman, "me.bin".
TEST(BinHexDecoder, KnownAnswer) {
  const Decoded expected{binhex_data(), "na\xc3\xa4me.bin", "TEXTttxt", false};
  EXPECT_EQ(decode_every_split(kBinHex), expected);
  EXPECT_EQ(decode("junk\n" + std::string(kBinHex) + "junk:\n", 9), expected);
  std::string crlf;
  for (const char c : kBinHex) {
    crlf += c == '\n' ? "\r\n" : std::string(1, c);
  }
  EXPECT_EQ(decode_every_split(crlf), expected);
}

TEST(BinHexDecoder, CutAnywhereIsDefective) {
  const auto end = kBinHex.rfind(':');
  for (std::size_t size = 0; size <= end; ++size) {
    const auto decoded = decode(kBinHex.substr(0, size), 100);
    ASSERT_TRUE(decoded.defective) << size;
    ASSERT_EQ(binhex_data().substr(0, decoded.octets.size()), decoded.octets);
  }
}

TEST(BinHexDecoder, ChangedAnywhereIsDefective) {
  const auto begin = kBinHex.find(':') + 1, end = kBinHex.rfind(':');
  for (auto i = begin; i < end - 1; ++i) {
    if (kBinHex[i] == '\n') continue;
    auto text = std::string(kBinHex);
    text[i] = text[i] == '!' ? '"' : '!';
    ASSERT_TRUE(decode(text, 1000).defective) << i;
  }
}

TEST(BinHexDecoder, Hostile) {
  EXPECT_TRUE(decode_every_split("").defective);
  EXPECT_TRUE(decode_every_split(":").defective);
  EXPECT_TRUE(decode_every_split("::").defective);
  EXPECT_TRUE(decode_every_split(":~~~:").defective);
  // A name of no octets, and one of more than 63.
  EXPECT_TRUE(decode_every_split(":!!!!!!!!!!!!:").defective);
  EXPECT_TRUE(decode_every_split(":rrrrrrrrrrrr:").defective);
}

}  // namespace
}  // namespace mailtool::mime
