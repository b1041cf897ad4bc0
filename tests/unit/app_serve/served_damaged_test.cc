// Files of a user's mailboxes that are not what was written there.

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "served_folders_fixture.h"

namespace mailtool::app {
namespace {

constexpr const char* kDamaged = "the mailbox is damaged";

class DamagedTest : public FoldersTest {
 protected:
  void SetUp() override { std::filesystem::create_directory(path_); }
  /// What was said on the standard error meanwhile.
  static std::string said(const std::function<void()>& action) {
    testing::internal::CaptureStderr();
    action();
    return testing::internal::GetCapturedStderr();
  }
  [[nodiscard]] std::string line(const std::string& file,
                                 const std::string& what) const {
    return "mailtool: serve: " + path_ + "/" + file + ": " + what + "\n";
  }
  void be_fifo(const std::string& file) const {
    std::filesystem::remove(path_ + "/" + file);
    ASSERT_EQ(::mkfifo((path_ + "/" + file).c_str(), 0600), 0) << file;
  }
  void be_link(const std::string& file, const std::string& text) const {
    const auto outside = path_ + "-outside";
    std::ofstream(outside) << text;
    std::filesystem::remove(path_ + "/" + file);
    std::filesystem::create_symlink(outside, path_ + "/" + file);
  }
};

// The client was told what was wrong, and nobody where.
TEST_F(DamagedTest, UidvaliditiesAreNamed) {
  for (const auto* change : {"create", "rename", "remove"}) {
    std::filesystem::remove_all(path_);
    ServeDisk disk{dir_.path()};  // which says it once
    std::filesystem::create_directories(path_ + "/.a/cur");
    std::ofstream(path_ + "/.a/served") << "2 7 1 1\n";
    std::ofstream(path_ + "/served") << "2 7 1 1\n";
    std::ofstream(path_ + "/uidvalidity") << "x";
    const auto opened = ServedFolders::open(disk, path_, clock, recent_);
    ASSERT_TRUE(opened) << opened.error().one_line();
    auto& folders = **opened;
    const auto told = said([&] {
      const std::string name = change;
      const auto done = name == "create"   ? folders.create("b")
                        : name == "rename" ? folders.rename("a", "b")
                                           : folders.remove("a");
      EXPECT_EQ(refusal(done), kDamaged) << change;
    });
    EXPECT_EQ(told, line("uidvalidity", "not what was written there")) << change;
    EXPECT_EQ(names(folders), "a") << change;
  }
}

// The server waited for somebody to write into it, for ever.
TEST_F(DamagedTest, FilesThatAreNone) {
  (void)open();
  for (const auto* file :
       {"keywords", "renaming", "subscriptions", "uidvalidity", "served"}) {
    for (const bool is_link : {false, true}) {
      ServeDisk disk{dir_.path()};
      is_link ? be_link(file, "\n") : be_fifo(file);
      const auto told = said([&] {
        const auto opened = ServedFolders::open(disk, path_, clock, recent_);
        // That file nobody asks for before names change.
        const auto done = opened ? (*opened)->create("b")
                                 : Result<void>(disk.told(opened.error()));
        EXPECT_EQ(refusal(done), kDamaged) << file;
      });
      EXPECT_EQ(told, line(file, "no regular file") + "hint: remove it\n");
      std::filesystem::remove(path_ + "/" + file);
    }
    if (std::string(file) == "served") continue;
    EXPECT_TRUE(ServedFolders::open(disk_, path_, clock, recent_)) << file;
  }
}

TEST_F(DamagedTest, UsesThatAreNone) {
  const auto folders = open();
  for (const auto* name : {"Sent", "other"}) {
    EXPECT_TRUE(folders->create(name));
    be_fifo("." + std::string(name) + "/use");
  }
  EXPECT_TRUE(folders->create("third"));
  be_link(".third/use", "\\Trash\n");
  std::string uses;
  for (const auto& row : folders->rows()) uses += row.name + row.use + " ";
  EXPECT_EQ(uses, "INBOX Sent\\Sent other third ");
}

}  // namespace
}  // namespace mailtool::app
