#include "app/cid_source.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

const CidSource::Names kNames = {
    {"a", "A@id"}, {"a.png", "P@id"}, {"a&b", "AB@id"}};

// What comes out when `html` comes in, and is asked for, in such pieces.
std::string rewritten(std::string_view html, std::size_t in = 1 << 20,
                      std::size_t out = 1000) {
  class Pieces : public Source {
   public:
    Pieces(std::string_view text, std::size_t size) : rest_(text), size_(size) {}
    Result<std::size_t> read_some(std::span<char> into) override {
      const auto count = std::min({rest_.size(), size_, into.size()});
      rest_.copy(into.data(), count);
      rest_.remove_prefix(count);
      return count;
    }

   private:
    std::string_view rest_;
    std::size_t size_;
  };
  Pieces pieces(html, in);
  CidSource source(pieces, kNames);
  std::string text;
  std::string room(out, '\0');
  for (;;) {
    const auto count = source.read_some(room);
    if (!count || *count == 0) return text;
    text += room.substr(0, *count);
  }
}

struct CidCase {
  const char* html;
  const char* expected;
};

const CidCase kCases[] = {
    {"", ""},
    {"cid:a", "cid:A@id"},
    {"<img src=\"cid:a.png\">", "<img src=\"cid:P@id\">"},
    {"<img src='CID:a.png'>", "<img src='CID:P@id'>"},
    {"<img src=cid:a><img src=cid:a.png />",
     "<img src=cid:A@id><img src=cid:P@id />"},
    {"url(cid:a)", "url(cid:A@id)"},
    {"url(&quot;cid:a.png&quot;)", "url(&quot;cid:P@id&quot;)"},
    {"\"cid:a&b\"", "\"cid:AB@id\""},
    {"srcset=\"cid:a 1x, cid:a.png 2x\"", "srcset=\"cid:A@id 1x, cid:P@id 2x\""},
    {"cidcid:a ccid:a x-cid:a cicid:a", nullptr},
    {"cid:b cid:ab cid:a.pngx cid:a.png@x cid:a_ cid:a/b cid: cid", nullptr},
    {"cid:A cid:a.PNG", nullptr},
    {"c", nullptr},
};

TEST(CidSource, OnlyNamesThatAreWholeBecomeIds) {
  for (const auto& c : kCases) {
    const std::string expected = c.expected == nullptr ? c.html : c.expected;
    EXPECT_EQ(rewritten(c.html), expected);
    for (std::size_t in = 1; in < 12; ++in) {
      EXPECT_EQ(rewritten(c.html, in, 1 + in % 3), expected) << in;
    }
  }
}

TEST(CidSource, ALongTextPassesThrough) {
  std::string html;
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    html += "cid:x \"cid:a.png\" ccc\n";
    expected += "cid:x \"cid:P@id\" ccc\n";
  }
  EXPECT_EQ(rewritten(html), expected);
}

}  // namespace
}  // namespace mailtool::app
