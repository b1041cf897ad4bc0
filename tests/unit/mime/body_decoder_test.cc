#include "mailtool/mime/body_decoder.h"

#include "allocation_count.h"
#include "decoded.h"
#include "mailtool/base/base64.h"

namespace mailtool::mime {
namespace {

using enum TransferEncoding;

// Keeps no octets, so that it never allocates.
class CountingSink : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    ++writes;
    count += octets.size();
    last = octets.data();
    return {};
  }
  std::size_t writes = 0;
  std::size_t count = 0;
  const char* last = nullptr;
};

struct Failing : Sink {
  Result<void> write(std::string_view) override {
    return Error{ErrorKind::local_io, "full"};
  }
};

std::string decode(BodyDecoder& decoder, TransferEncoding encoding,
                   std::string_view body, std::size_t chunk,
                   DecodePolicy policy = {}) {
  StringSink out(test::kPlenty);
  decoder.begin(encoding, out, policy);
  test::pour(decoder, body, chunk);
  return out.take();
}

struct Body {
  TransferEncoding encoding;
  const char* text;
  const char* octets;
  const char* name;
};

constexpr Body kBodies[] = {
    {identity, "a=41", "a=41", ""},
    {quoted_printable, "a=3D41", "a=41", ""},
    {base64, "YT00MQ==", "a=41", ""},
    {uuencode, "begin 644 a.txt\n$83TT,0\n`\nend\n", "a=41", "a.txt"},
    {yenc,
     "=ybegin line=128 size=3 name=b.bin\r\n\x8b\x8c\x8d\r\n=yend size=3\r\n",
     "abc", "b.bin"},
};

TEST(BodyDecoder, OneForEach) {
  BodyDecoder decoder;
  for (int round = 0; round < 2; ++round) {
    for (const auto& body : kBodies) {
      EXPECT_EQ(decode(decoder, body.encoding, body.text, 3), body.octets);
      EXPECT_EQ(decoder.name(), body.name);
      EXPECT_FALSE(decoder.defective()) << body.text;
      StringSink out(100);
      const auto made = make_decoder(body.encoding, out);
      test::pour(*made, body.text, 2);
      EXPECT_EQ(out.text(), body.octets);
    }
  }
}

TEST(BodyDecoder, BinHex) {
  BodyDecoder decoder;
  EXPECT_EQ(decode(decoder, binhex, "no BinHex at all\n", 5), "");
  ASSERT_EQ(decoder.defects().size(), 1u);
  EXPECT_EQ(decoder.defects()[0].rule, DefectRule::embedded_file_malformed);
}

// Bodies that end in every state leave nothing behind for the next one.
TEST(BodyDecoder, NothingIsLeftBehind) {
  BodyDecoder decoder;
  const std::pair<TransferEncoding, const char*> first[] = {
      {base64, "YWJjY"},           {base64, "YQ="},
      {base64, "*YQ==YQ=="},       {base64, "YWJjYW"},
      {uuencode, "begin 644 x\n"}, {quoted_printable, "a="},
      {quoted_printable, "a=4"},   {quoted_printable, "a= \t"},
      {quoted_printable, "a \r"},  {quoted_printable, "a=\r"},
      {quoted_printable, " "},
  };
  for (const auto& [encoding, text] : first) {
    for (const bool finish : {false, true}) {
      for (const auto& body : kBodies) {
        CountingSink sink;
        decoder.begin(encoding, sink,
                      {.stop_at_padding = true, .keep_trailing_blanks = true});
        ASSERT_TRUE(decoder.write(text));
        if (finish) {
          ASSERT_TRUE(decoder.finish());
        }
        EXPECT_EQ(decode(decoder, body.encoding, body.text, 3), body.octets);
        EXPECT_TRUE(decoder.defects().empty()) << text << " then " << body.text;
      }
    }
  }
}

TEST(BodyDecoder, Policy) {
  BodyDecoder decoder;
  EXPECT_EQ(decode(decoder, base64, "YQ==\nYg==", 4), "ab");
  EXPECT_EQ(decode(decoder, base64, "YQ==\nYg==", 4, {.stop_at_padding = true}),
            "a");
  EXPECT_EQ(decode(decoder, quoted_printable, "a \nb", 4), "a\nb");
  EXPECT_EQ(decode(decoder, quoted_printable, "a \nb", 4,
                   {.keep_trailing_blanks = true}),
            "a \nb");
  ASSERT_EQ(decoder.defects().size(), 1u);
  EXPECT_FALSE(decoder.defective());
}

TEST(BodyDecoder, IdentityCopiesNothing) {
  const std::string_view text = "a body\r\n";
  CountingSink sink;
  BodyDecoder decoder;
  decoder.begin(identity, sink);
  ASSERT_TRUE(decoder.write(text));
  EXPECT_EQ(sink.last, text.data());
  EXPECT_EQ(sink.writes, 1u);
}

TEST(BodyDecoder, ReportsAFullSink) {
  Failing sink;
  BodyDecoder decoder;
  for (const auto& body : kBodies) {
    decoder.begin(body.encoding, sink);
    const auto written = decoder.write(body.text);
    EXPECT_FALSE(written && decoder.finish()) << body.text;
  }
}

TEST(BodyDecoder, AllocatesForTheFirstBodiesAlone) {
  const auto noise = test::noise(200'000);
  const auto clean = base64_encode(noise);
  const std::string odd = "YQ=*=Y\nQ==" + clean.substr(0, 5001) + "\n=";
  const std::string quoted =
      "a=4= \t\nb=\n" + std::string(10'000, ' ') + noise + "= ";
  BodyDecoder decoder;
  CountingSink sink;
  const std::pair<TransferEncoding, std::string_view> bodies[] = {
      {base64, clean},
      {base64, odd},
      {quoted_printable, quoted},
      {identity, quoted}};
  const auto run = [&] {
    for (const auto& [encoding, body] : bodies) {
      decoder.begin(encoding, sink);
      for (std::size_t i = 0; i < body.size(); i += 999) {
        (void)decoder.write(body.substr(i, 999));
      }
      (void)decoder.finish();
    }
  };
  const auto before = mailtool::test::allocations();
  run();
  const auto after_first = mailtool::test::allocations();
  EXPECT_GT(after_first, before);
  for (int i = 0; i < 10; ++i) run();
  EXPECT_EQ(mailtool::test::allocations(), after_first);
  EXPECT_GT(sink.count, 11 * noise.size());
}

}  // namespace
}  // namespace mailtool::mime
