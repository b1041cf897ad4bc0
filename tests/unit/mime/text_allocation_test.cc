// A run of texts through decoders that are reset: once warm, nothing is
// allocated for a text.
#include <gtest/gtest.h>

#include <string>

#include "allocation_count.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/format_flowed.h"

namespace mailtool::mime {
namespace {

class CountingSink : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    count += octets.size();
    return {};
  }
  std::size_t count = 0;
};

struct Text {
  const char* charset;
  std::string_view octets;
};

constexpr Text kTexts[] = {
    {"utf-8", "gr\xc3\xbcn \xff \xe2\x82\xac\n"},
    {"\"ISO-8859-1\"", "it\x92s \xfc\n"},
    {"koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4\n"},
    {"windows-1250", "\x8a\x81\n"},
    {"us-ascii", "plain and \xfc\n"},
    {"x-nosuch", "plain and \xfc\n"},
    {"utf-7", "+AOQ- +\n"},
    {"utf-16", "N-\xff\xfe"},
    {"iso-2022-jp", "\x1b$BF|K\\\x1b(B \x1b(I16\x1b(B\n"},
    {"iso-2022-kr", "\x1b$)C\x0eGQ\x0f\n"},
    {"hz-gb-2312", "~{VP~}\n"},
    {"gb2312", "\xd6\xd0\xff\n"},
    {"big5", "\xa4\xa4\n"},
    {"shift_jis", "\x93\xfa\n"},
    {"euc-jp", "\xc6\xfc\n"},
    {"ks_c_5601-1987", "\xc7\xd1\n"},
};

TEST(TextAllocation, ResetDecodersAskForNoMemory) {
  CountingSink out;
  CharsetDecoder decoder;
  FlowedReader flowed(out);
  const auto run = [&] {
    for (const auto& text : kTexts) {
      decoder.reset(text.charset, flowed);
      for (int i = 0; i < 50; ++i) ASSERT_TRUE(decoder.write(text.octets));
      ASSERT_TRUE(decoder.finish());
      ASSERT_TRUE(flowed.finish());
      flowed.reset(out, false);
    }
  };
  run();
  const auto warm = mailtool::test::allocations();
  const auto written = out.count;
  for (int round = 0; round < 100; ++round) run();
  EXPECT_EQ(mailtool::test::allocations(), warm);
  EXPECT_EQ(out.count, written * 101);
}

}  // namespace
}  // namespace mailtool::mime
