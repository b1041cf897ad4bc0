// The keywords of a ServedBox, of which there are 26 at a time.

#include <cerrno>
#include <filesystem>

#include "box_fixture.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

class BoxKeywords : public BoxTest {
 protected:
  void TearDown() override { store::set_fault_hook(nullptr); }
  static Flags fill(ServedBox& box) {
    Flags all = 0;
    for (int i = 0; i < 26; ++i) {
      all |= box.keyword("k" + std::to_string(i)).value_or(0);
    }
    return all;
  }
  static int fail_later(const char*) {
    return ++calls_ > last_call_ ? ENOSPC : 0;
  }

  inline static int calls_ = 0;
  inline static int last_call_ = 0;
};

TEST_F(BoxKeywords, Keywords) {
  const auto box = open();
  const auto all = fill(*box);
  append(*box, "a\r\n", all);
  EXPECT_FALSE(box->keyword("one-more"));
  append(*box, "a\r\n", *box->keyword("k25"));
  EXPECT_EQ(box->messages()[1].flags, *box->keyword("k25"));
}

TEST_F(BoxKeywords, KeywordsThatNoMessageHasMakeRoom) {
  {
    const auto box = open();
    const auto all = fill(*box);
    const auto k3 = *box->keyword("k3");
    const auto k7 = *box->keyword("k7");
    append(*box, "a\r\n", all);
    append(*box, "b\r\n", k7);
    EXPECT_TRUE(*box->set_flags(1, all & ~k3 & ~k7));
    EXPECT_TRUE(box->takes_keywords());
    {
      const auto hold = box->hold(k3);
      EXPECT_FALSE(box->takes_keywords());
      EXPECT_FALSE(box->keyword("new"));
    }
    EXPECT_EQ(box->keyword("new"), k3);
    EXPECT_TRUE(*box->set_flags(2, 0));
    // What is on its way has its keyword.
    StringSource source("c\r\n");
    const auto ticket = box->add(source, std::nullopt, k3);
    EXPECT_EQ(box->keyword("newer"), k7);
    EXPECT_TRUE(ticket->outcome);
  }
  const auto box = open();
  EXPECT_EQ(box->keywords()[3], "new");
  EXPECT_EQ(box->keywords()[7], "newer");
  EXPECT_EQ(box->messages()[2].flags, *box->keyword("new"));
  EXPECT_FALSE(*box->set_flags(9, 0));
}

TEST_F(BoxKeywords, KeepsKeywordsWhileMessagesOfInboxAreOnTheirWay) {
  const auto box = open("a");
  (void)fill(*box);
  std::filesystem::create_directory(dir_.path() / "a/renaming-inbox");
  EXPECT_FALSE(box->keyword("new"));
}

TEST_F(BoxKeywords, CopiesKeepTheirKeywordsOrAreRefused) {
  const auto from = open("a");
  const auto to = open("b");
  const auto all = fill(*to);
  append(*to, "a\r\n", all & ~*to->keyword("k0") & ~*to->keyword("k1"));
  append(*from, "a\r\n", *from->keyword("x") | *from->keyword("y"));
  const auto fits = from->copy({1}, *to);
  disk_.sync();
  ASSERT_TRUE(fits->outcome() && *fits->outcome());
  EXPECT_EQ(to->messages()[1].flags, *to->keyword("x") | *to->keyword("y"));

  append(*from, "b\r\n", *from->keyword("z"));
  const auto refused = from->copy({1, 2}, *to);
  disk_.sync();
  ASSERT_TRUE(refused->outcome());
  ASSERT_FALSE(*refused->outcome());
  EXPECT_EQ(refused->outcome()->error().what.rfind("[LIMIT] ", 0), 0u);
  EXPECT_EQ(to->messages().size(), 2u);
}

// What a letter means is what stands on the disk, wherever that is full.
TEST_F(BoxKeywords, AFullDiskChangesNoMeaning) {
  bool done = false;
  for (last_call_ = 0; !done; ++last_call_) {
    SCOPED_TRACE(last_call_);
    const auto name = "box" + std::to_string(last_call_);
    Flags all = 0;
    {
      const auto box = open(name);
      all = fill(*box);
      append(*box, "a\r\n", all);
      EXPECT_TRUE(*box->set_flags(1, all & ~*box->keyword("k3")));
      calls_ = 0;
      store::set_fault_hook(fail_later);
      done = box->keyword("new").has_value();
      EXPECT_EQ(done, calls_ <= last_call_);
      EXPECT_EQ(box->keywords()[3], done ? "new" : "k3");
      EXPECT_TRUE(done || !box->keyword("other"));
      store::set_fault_hook(nullptr);
      EXPECT_TRUE(box->keyword(done ? "new" : "k3"));
      EXPECT_TRUE(*box->set_flags(1, all));
    }
    const auto box = open(name);
    EXPECT_EQ(box->keywords().size(), 26u);
    EXPECT_EQ(box->keywords()[3], done ? "new" : "k3");
    EXPECT_EQ(box->messages()[0].flags, all);
  }
  EXPECT_GE(last_call_, 4);
}

}  // namespace
}  // namespace mailtool::app
