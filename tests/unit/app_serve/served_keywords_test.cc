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
      all |= *box.keyword("k" + std::to_string(i));
    }
    return all;
  }
  // As another program does: the file of `uid` gets another letter.
  void mark(std::uint32_t uid, char letter) {
    const auto part = "U" + std::to_string(uid) + ".";
    for (const auto& one :
         std::filesystem::directory_iterator(dir_.path() / "a/cur")) {
      const auto path = one.path().native();
      if (path.find(part) == path.npos) continue;
      std::filesystem::rename(path, path + letter);
      return;
    }
    FAIL() << uid;
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
    EXPECT_EQ(*box->keyword("new"), k3);
    EXPECT_TRUE(*box->set_flags(2, 0));
    // What is on its way has its keyword.
    StringSource source("c\r\n");
    const auto ticket = box->add(source, std::nullopt, k3);
    EXPECT_EQ(*box->keyword("newer"), k7);
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
  const auto known = *box->keyword("known");
  std::filesystem::create_directory(dir_.path() / "a/renaming-inbox");
  EXPECT_EQ(*box->keyword("known"), known);
  const auto refused = box->keyword("new");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what.rfind("[INUSE] ", 0), 0u);
  EXPECT_EQ(box->keywords(), std::vector<std::string>{"known"});
  std::filesystem::remove(dir_.path() / "a/renaming-inbox");
  EXPECT_TRUE(box->keyword("new"));
}

TEST_F(BoxKeywords, AreMadeAllOrNone) {
  const auto box = open();
  std::vector<std::string> names;
  for (int i = 0; i < 27; ++i) names.push_back("k" + std::to_string(i));
  const auto changes = box->changes();
  const auto refused = box->make_keywords(names);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "[LIMIT] no room for another keyword");
  EXPECT_TRUE(box->keywords().empty());
  EXPECT_EQ(box->changes(), changes);
  EXPECT_TRUE(box->takes_keywords());
  names[26] = "K0";
  const auto all = box->make_keywords(names);
  ASSERT_TRUE(all);
  EXPECT_EQ(*all, ((Flags{1} << 26U) - 1) << serve::kSystemFlags.size());
  EXPECT_EQ(box->keywords().size(), 26u);
  // Of those that are named none makes room for another.
  append(*box, "a\r\n", *all & ~*box->keyword("k3"));
  EXPECT_FALSE(box->make_keywords({"k3", "new"}));
  EXPECT_FALSE(box->make_keywords({"new", "newer"}));
  EXPECT_EQ(box->keywords()[3], "k3");
  EXPECT_EQ(*box->make_keywords({"new", "k4"}),
            *box->keyword("k4") | *box->keyword("new"));
  EXPECT_EQ(box->keywords()[3], "new");
  EXPECT_FALSE(open("b")->keyword(std::string(201, 'k')));
}

// A letter that another program has given a message came to mean the next keyword
// that was made, and the message had that.
TEST_F(BoxKeywords, LettersThatMeanNothingArePassedOver) {
  {
    const auto box = open();
    append(*box, "a\r\n");
    append(*box, "b\r\n");
    mark(1, 'b');
    EXPECT_TRUE(box->look());
    EXPECT_EQ(box->messages()[0].flags, 0u);
    mark(2, 'c');  // nobody has looked since
    for (const auto* name : {"x", "y", "z"}) EXPECT_TRUE(box->keyword(name));
    EXPECT_EQ(box->keywords(),
              (std::vector<std::string>{"x", "", "", "y", "z"}));
    EXPECT_TRUE(box->look());
    EXPECT_EQ(box->messages()[0].flags, 0u);
    EXPECT_EQ(box->messages()[1].flags, 0u);
  }
  const auto box = open();
  EXPECT_EQ(box->keywords().size(), 5u);
  EXPECT_EQ(box->messages()[1].flags, 0u);
  const auto z = *box->keyword("z");
  EXPECT_TRUE(*box->set_flags(1, z));
  EXPECT_TRUE(box->look());
  EXPECT_EQ(box->messages()[0].flags, z);
  // Now no message has it any more.
  EXPECT_TRUE(box->keyword("new"));
  EXPECT_EQ(box->keywords()[1], "new");
  EXPECT_EQ(box->messages()[0].flags, z);
  mark(1, 'b');
  EXPECT_TRUE(box->look());
  EXPECT_EQ(box->messages()[0].flags, z | *box->keyword("new"));
}

// So does a file that is still to be taken in, under another UID.
TEST_F(BoxKeywords, LettersOfWhatIsNotTakenInYet) {
  const auto box = open();
  append(*box, "a\r\n");
  mark(1, 'b');
  EXPECT_TRUE(box->look());
  std::filesystem::path one;
  for (const auto& file :
       std::filesystem::directory_iterator(dir_.path() / "a/cur")) {
    one = file.path();
  }
  std::filesystem::copy_file(one, one.native() + "a");
  EXPECT_TRUE(box->keyword("x"));
  EXPECT_TRUE(box->keyword("y"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(box->refresh());
  ASSERT_EQ(box->messages().size(), 2u);
  EXPECT_EQ(box->messages()[0].flags, 0u);
  EXPECT_EQ(box->messages()[1].flags, 0u);
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

// And no limit is blamed.
TEST_F(BoxKeywords, AFullDiskIsWhyACopyIsRefused) {
  const auto from = open("a");
  const auto to = open("b");
  append(*from, "a\r\n", *from->keyword("x"));
  calls_ = last_call_ = 0;
  store::set_fault_hook(fail_later);
  const auto refused = from->copy({1}, *to);
  const auto kept = from->keyword("y");
  const auto known = from->keyword("x");
  store::set_fault_hook(nullptr);
  EXPECT_FALSE(kept);
  EXPECT_TRUE(known);
  disk_.sync();
  ASSERT_TRUE(refused->outcome());
  ASSERT_FALSE(*refused->outcome());
  EXPECT_NE(refused->outcome()->error().kind, ErrorKind::rejected);
  EXPECT_TRUE(to->messages().empty());
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
