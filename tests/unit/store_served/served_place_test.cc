// What another program does to the folder of a ServedMaildir, beneath it.

#include <filesystem>
#include <fstream>

#include "served_fixture.h"

namespace mailtool::store {
namespace {

namespace fs = std::filesystem;

class PlaceTest : public ServedTest {
 protected:
  void SetUp() override { fs::create_directories(outside_); }

  // In the place of `part` there is a link to where nothing is to be written.
  void link(const std::string& part) const {
    fs::rename(path_ + part, path_ + ".away");
    for (const auto* folder : {"/new", "/cur", "/tmp"}) {
      fs::create_directories(outside_ + folder);
    }
    std::ofstream(outside_ + "/lock") << "";
    fs::create_directory_symlink(outside_ + (part == "/lock" ? "" : part),
                                 path_ + part);
  }
  static std::size_t files_in(const std::string& path) {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      files += !entry.is_directory() && entry.path().filename() != "lock";
    }
    return files;
  }
  // All that would write there, or read.
  static void expect_gone(ServedMaildir& maildir) {
    const auto kind = [](const auto& done) {
      return done ? ErrorKind::internal : done.error().kind;
    };
    using enum ErrorKind;
    EXPECT_EQ(kind(maildir.begin_at(100'000)), no_such_item);
    EXPECT_EQ(kind(maildir.renumber(9)), no_such_item);
    StringSource source("x");
    EXPECT_EQ(kind(maildir.add(source, std::nullopt, "")), no_such_item);
    EXPECT_EQ(kind(maildir.add_link(maildir, maildir.messages()[0], "")),
              no_such_item);
    EXPECT_EQ(kind(maildir.commit()), no_such_item);
    const auto flags = maildir.set_flags(1, "FS");
    EXPECT_TRUE(!flags || !*flags);
    const Uids uids{1};
    EXPECT_EQ(kind(maildir.remove(uids)), no_such_item);
    EXPECT_EQ(kind(maildir.sync()), no_such_item);
    EXPECT_EQ(kind(maildir.move_to("/nonexistent/a")), no_such_item);
    EXPECT_EQ(kind(maildir.move_messages("/nonexistent/a", 1, 9, 9)),
              no_such_item);
    EXPECT_EQ(kind(maildir.refresh()), no_such_item);
    EXPECT_EQ(kind(maildir.find_again()), no_such_item);
    EXPECT_EQ(maildir.take_removed(), "");
    EXPECT_EQ(kind(maildir.read(maildir.messages()[0])), no_such_item);
    EXPECT_EQ(maildir.messages().size(), 2u);
  }
  const std::string outside_ = dir_.path() / "outside";
};

TEST_F(PlaceTest, LinksAreNotFollowed) {
  for (const auto* part : {"", "/cur", "/new", "/tmp", "/lock"}) {
    SCOPED_TRACE(part);
    {
      const auto maildir = open();
      add(*maildir, {"one", "two"});
      (void)maildir->highest_modseq();
      StringSource source("three");
      EXPECT_TRUE(maildir->add(source, std::nullopt, ""));
      EXPECT_TRUE(maildir->is_in_place());
      link(part);
      EXPECT_FALSE(maildir->is_in_place());
      expect_gone(*maildir);
    }
    EXPECT_EQ(files_in(outside_), 0u);
    fs::remove_all(path_);
    fs::remove_all(path_ + ".away");
    fs::remove_all(outside_);
  }
}

// Not even as it is closed, of which nobody asks first.
TEST_F(PlaceTest, NothingIsWrittenByALinkAtTheEnd) {
  {
    const auto maildir = open();
    add(*maildir, {"one", "two"});
    (void)maildir->highest_modseq();
    EXPECT_TRUE(*maildir->set_flags(1, "F"));
    link("");
  }
  EXPECT_EQ(files_in(outside_), 0u);
}

// Whoever finds it there can have it, though the other is held still.
TEST_F(PlaceTest, AnotherInItsPlace) {
  for (const bool emptied : {true, false}) {
    const auto maildir = open();
    add(*maildir, {"one", "two"});
    if (emptied) {
      for (const auto& entry : fs::directory_iterator(path_)) {
        fs::remove_all(entry.path());
      }
    } else {
      fs::remove_all(path_);
    }
    EXPECT_FALSE(maildir->is_in_place());
    maildir->abandon();
    {
      auto next = ServedMaildir::open(path_, 8);
      ASSERT_TRUE(next) << next.error().one_line();
      EXPECT_EQ((*next)->uidvalidity(), 8u);
      EXPECT_EQ(add(**next, {"three"}), Uids{1});
      expect_gone(*maildir);
      EXPECT_TRUE((*next)->is_in_place());
      EXPECT_EQ(text_of(**next, (*next)->messages()[0]), "three");
    }
    EXPECT_EQ(*ServedMaildir::uidvalidity_at(path_), 8u);
    fs::remove_all(path_);
  }
}

// What was acknowledged stays with the folder, wherever that is.
TEST_F(PlaceTest, RenamedByAnother) {
  const auto maildir = open();
  add(*maildir, {"one", "two"});
  fs::rename(path_, path_ + "2");
  EXPECT_EQ(text_of(*maildir, maildir->messages()[0]), "one");
  EXPECT_FALSE(ServedMaildir::open(path_ + "2", 8));  // busy
  EXPECT_FALSE(maildir->is_in_place());
  maildir->abandon();
  const auto next = ServedMaildir::open(path_ + "2", 8);
  ASSERT_TRUE(next) << next.error().one_line();
  EXPECT_EQ((*next)->uidvalidity(), 7u);
  EXPECT_EQ(uids_of(**next), (Uids{1, 2}));
  EXPECT_GT(add(**next, {"three"})[0], 2u);
}

}  // namespace
}  // namespace mailtool::store
