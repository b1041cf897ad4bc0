#include "store/crlf_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <fstream>

#include "store/message_source.h"
#include "support/temp_dir.h"

namespace mailtool::store {
namespace {

std::string rest_of(Source& source, std::size_t at_a_time) {
  std::string text;
  std::string buffer(at_a_time, ' ');
  while (true) {
    const auto count = source.read_some(buffer);
    EXPECT_TRUE(count);
    if (!count || *count == 0) return text;
    text += buffer.substr(0, *count);
  }
}

TEST(CrlfSource, IsReadFromAnywhereOn) {
  const test::TempDir folder;
  std::string lf;
  std::string crlf;
  for (int i = 0; i < 9000; ++i) {
    const auto line = "line " + std::to_string(i);
    lf += line + (i % 7 == 0 ? "\r\n" : "\n");
    crlf += line + "\r\n";
  }
  std::ofstream(folder.path() / "a") << lf;
  Descriptor file(::open((folder.path() / "a").c_str(), O_RDONLY));
  CrlfSource source(std::make_unique<OwnedMessageSource>(std::move(file)));
  EXPECT_EQ(rest_of(source, 1000), crlf);
  for (const std::size_t offset :
       {std::size_t{0}, std::size_t{7}, std::size_t{6}, std::size_t{50'000},
        std::size_t{50'001}, std::size_t{20'000}, crlf.size() - 1, crlf.size(),
        std::size_t{100}}) {
    ASSERT_TRUE(source.seek(offset));
    EXPECT_EQ(rest_of(source, 999), crlf.substr(offset)) << offset;
  }
  ASSERT_TRUE(source.seek(crlf.size() + 9));
  EXPECT_EQ(rest_of(source, 9), "");
  ASSERT_TRUE(source.seek(3));
  char one[1];
  ASSERT_EQ(*source.read_some(one), 1u);
  EXPECT_EQ(one[0], crlf[3]);
}

}  // namespace
}  // namespace mailtool::store
