#include "app/message_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;

class MessageFilesTest : public testing::Test {
 protected:
  void touch(const std::string& name) {
    const auto path = fs::path(root_) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "Subject: x\n";
  }
  void folder(const std::string& name) {
    fs::create_directories(fs::path(root_) / name);
  }

  // "a/1.eml" for each file, below the root; "!" before a failure's words.
  std::vector<std::string> names(const std::vector<std::string>& arguments,
                                 bool recursive = false) {
    std::vector<std::string> paths;
    for (const auto& argument : arguments) {
      paths.push_back(root_ + "/" + argument);
    }
    MessageFiles files(paths, recursive, true);
    std::vector<std::string> found;
    for (;;) {
      const auto some = files.next();
      if (!some) {
        found.push_back("! " + some.error().what);
        hint_ = some.error().hint;
        continue;
      }
      if (*some == nullptr) break;
      for (std::size_t i = 0; i < (*some)->size(); ++i) {
        const auto shown = (*some)->shown_name(i);
        found.push_back(shown.substr(std::min(shown.size(), root_.size() + 1)));
      }
    }
    return found;
  }

  const test::TempDir temp_;
  std::string root_ = temp_.path().string();
  std::string hint_;
};

using Names = std::vector<std::string>;

TEST_F(MessageFilesTest, MaildirIsNewThenCurByName) {
  for (const char* name : {"m/cur/2:2,S", "m/cur/10:2,S", "m/new/3", "m/tmp/9",
                           "m/cur/.hidden", "m/5", "m/.Sent/cur/7"}) {
    touch(name);
  }
  folder("m/.Sent/new");
  EXPECT_EQ(names({"m"}), (Names{"m/new/3", "m/cur/10:2,S", "m/cur/2:2,S"}));
  EXPECT_EQ(names({"m/.Sent"}), Names{"m/.Sent/cur/7"});
  EXPECT_EQ(names({"m"}, true),
            (Names{"m/new/3", "m/cur/10:2,S", "m/cur/2:2,S", "m/.Sent/cur/7"}));
}

TEST_F(MessageFilesTest, NumbersGoByValue) {
  for (const char* name : {"h/10", "h/9", "h/007", "h/,8", "h/.mh_sequences",
                           "h/99999999999999999999999", "h/b.eml", "h/A.MBOX",
                           "h/x.txt", "h/c.mbx"}) {
    touch(name);
  }
  EXPECT_EQ(names({"h"}),
            (Names{"h/007", "h/9", "h/10", "h/99999999999999999999999",
                   "h/A.MBOX", "h/b.eml", "h/c.mbx"}));
}

TEST_F(MessageFilesTest, OneMessageOrAny) {
  for (const char* name : {"h/1", "h/b.eml", "m/cur/x"}) touch(name);
  folder("m/new");
  MessageFiles files({root_ + "/h", root_ + "/m", root_ + "/h/1"}, false);
  const auto mh = files.next();
  ASSERT_TRUE(mh);
  EXPECT_TRUE((*mh)->is_one_message(0));
  EXPECT_FALSE((*mh)->is_one_message(1));
}

TEST_F(MessageFilesTest, ArgumentsKeepTheirOrder) {
  for (const char* name : {"z", "a", "d/1"}) touch(name);
  EXPECT_EQ(names({"z", "d", "none", "a"}), (Names{"z", "d/1", "none", "a"}));
  MessageFiles none({}, false);
  const auto some = none.next();
  ASSERT_TRUE(some && *some != nullptr);
  EXPECT_EQ((*some)->shown_name(0), "stdin");
  EXPECT_EQ(*none.next(), nullptr);
}

TEST_F(MessageFilesTest, WhatIsNoMail) {
  folder("empty");
  folder("maildir/cur");
  folder("maildir/new");
  touch("other/readme.txt");
  touch("nested/below/1");
  EXPECT_EQ(names({"empty"}), Names{});
  EXPECT_EQ(names({"maildir"}), Names{});
  EXPECT_EQ(names({"other", "empty"}), Names{"! holds no mail"});
  EXPECT_NE(hint_.find("*.eml"), hint_.npos);
  EXPECT_EQ(names({"nested"}), Names{"! holds no mail"});
  EXPECT_NE(hint_.find("--recursive"), hint_.npos);
  EXPECT_EQ(names({"nested"}, true), Names{"nested/below/1"});
}

TEST_F(MessageFilesTest, OnlyRegularFilesOfAFolder) {
  touch("d/1");
  const auto at = [&](const char* name) { return root_ + "/" + name; };
  ASSERT_EQ(::mkfifo(at("d/2").c_str(), 0600), 0);
  ASSERT_EQ(::symlink("1", at("d/3").c_str()), 0);
  ASSERT_EQ(::symlink("/dev/null", at("d/4").c_str()), 0);
  ASSERT_EQ(::symlink("nowhere", at("d/5").c_str()), 0);
  ASSERT_EQ(::symlink(".", at("d/6.eml").c_str()), 0);
  ASSERT_EQ(::mkdir(at("d/7").c_str(), 0700), 0);
  EXPECT_EQ(names({"d"}), (Names{"d/1", "d/3"}));
  EXPECT_EQ(names({"d"}, true), (Names{"d/1", "d/3"}));
}

TEST_F(MessageFilesTest, NestedFoldersFollowTheFilesBesideThem) {
  for (const char* name : {"t/1", "t/b/2", "t/a/3", "t/a/c/4", "t/m/cur/5",
                           "t/a/x.txt", "t/.git/6"}) {
    touch(name);
  }
  folder("t/m/new");
  EXPECT_EQ(names({"t"}, true),
            (Names{"t/1", "t/a/3", "t/a/c/4", "t/b/2", "t/m/cur/5"}));
}

TEST_F(MessageFilesTest, NamesAreMadePrintable) {
  touch("d/\x1b[2J.eml");
  EXPECT_EQ(names({"d"}), Names{"d/\\x1b[2J.eml"});
}

}  // namespace
}  // namespace mailtool::app
