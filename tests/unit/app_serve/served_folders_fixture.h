/// \file
/// What the tests of a user's mailboxes share.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/served_folders.h"
#include "support/temp_dir.h"

namespace mailtool::app {

class FoldersTest : public testing::Test {
 protected:
  static constexpr std::size_t kMost = 8;
  static std::int64_t clock() { return 1'795'262'400; }
  std::shared_ptr<ServedFolders> open() {
    // In a folder that is there none are made, which takes its time.
    std::filesystem::create_directory(path_);
    recent_ = std::make_shared<RecentBoxes>();
    auto folders = ServedFolders::open(disk_, path_, clock, recent_, kMost);
    EXPECT_TRUE(folders) << folders.error().one_line();
    return folders ? *std::move(folders) : nullptr;
  }
  /// All but INBOX, "name?" for one that is only subscribed to.
  static std::string names(ServedFolders& folders) {
    std::string all;
    for (const auto& row : folders.rows()) {
      if (row.name == "INBOX") continue;
      all += (all.empty() ? "" : " ") + row.name + (row.exists ? "" : "?");
    }
    return all;
  }
  void put(ServedFolders& folders, std::string_view mailbox,
           const std::string& text, serve::Flags flags = 0) {
    const auto box = folders.box(mailbox);
    ASSERT_TRUE(box) << mailbox;
    StringSource source(text);
    (void)(*box)->add(source, std::nullopt, flags);
    disk_.sync();
  }
  /// The messages, "a b".
  static std::string texts(ServedFolders& folders, std::string_view mailbox) {
    const auto box = folders.box(mailbox);
    if (!box) return "none";
    std::string all;
    for (const auto& one : (*box)->messages()) {
      const auto source = (*box)->open(one.uid);
      char text[16];
      const auto count = source ? (*source)->read_some(text) : 0;
      all += (all.empty() ? "" : " ") + std::string(text, count ? *count : 0);
    }
    return all;
  }
  static std::string refusal(const Result<void>& done) {
    return done ? "done" : done.error().what;
  }

  test::TempDir dir_;
  const std::string path_ = dir_.path() / "Maildir";
  ServeDisk disk_{dir_.path()};
  std::shared_ptr<RecentBoxes> recent_ = std::make_shared<RecentBoxes>();
};

}  // namespace mailtool::app
