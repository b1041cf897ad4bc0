#include "mailtool/store/spool.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace mailtool::store {
namespace {

std::string read_all(Source& source, std::size_t chunk) {
  std::string text;
  std::string buffer(chunk, '\0');
  for (;;) {
    const auto count = source.read_some({buffer.data(), buffer.size()});
    if (!count || *count == 0) return text;
    text.append(buffer, 0, *count);
  }
}

std::string pattern(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + " ";
  text.resize(size);
  return text;
}

TEST(Spool, GivesBackWhatWasWrittenHoweverLarge) {
  const test::TempDir folder;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{5}, Spool::kInMemory, Spool::kInMemory + 1,
        3 * Spool::kInMemory + 12345}) {
    const auto text = pattern(size);
    Spool spool(folder.path().string());
    for (std::size_t at = 0; at < size; at += 100'001) {
      ASSERT_TRUE(spool.write(std::string_view(text).substr(at, 100'001)));
    }
    EXPECT_EQ(spool.size(), size);
    const auto first = spool.source();
    const auto second = spool.source();
    EXPECT_EQ(read_all(*first, 65536), text);
    EXPECT_EQ(read_all(*second, 777), text);
    for (const std::size_t offset : {std::size_t{0}, size / 3, size}) {
      StringSink part(size);
      const auto length = (size - offset) / 2;
      ASSERT_TRUE(spool.copy(offset, length, part));
      EXPECT_EQ(part.text(), text.substr(offset, length));
    }
    StringSink none(size);
    EXPECT_FALSE(spool.copy(1, size, none));
    ASSERT_TRUE(spool.clear());
    ASSERT_TRUE(spool.write("again"));
    EXPECT_EQ(read_all(*spool.source(), 100), "again");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  }
}

TEST(Spool, SaysWhereThereIsNoRoom) {
  Spool spool("/nonexistent");
  const auto written = spool.write(pattern(Spool::kInMemory + 1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::cannot_create);
  EXPECT_EQ(written.error().one_line(),
            "cannot spool the message in /nonexistent: "
            "No such file or directory");
}

}  // namespace
}  // namespace mailtool::store
