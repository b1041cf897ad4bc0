#include "app/download_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "app/imap_get_partial.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;

const char* g_failing = "";
int fail_call(const char* call) {
  return std::strcmp(call, g_failing) == 0 ? EIO : 0;
}

class DownloadFolderTest : public testing::Test {
 protected:
  void TearDown() override { store::set_fault_hook(nullptr); }

  static void failing(const char* call) {
    g_failing = call;
    store::set_fault_hook(fail_call);
  }
  DownloadFolder open() {
    auto opened = DownloadFolder::open(path());
    EXPECT_TRUE(opened) << opened.error().one_line();
    return *std::move(opened);
  }
  static DownloadFolder::File file(DownloadFolder& folder,
                                   std::string_view text) {
    auto made = folder.create();
    EXPECT_TRUE(made);
    EXPECT_TRUE(made->write(text));
    return *std::move(made);
  }
  [[nodiscard]] std::string path() const {
    return (fs::path(home_.path()) / "a" / "b").string();
  }
  [[nodiscard]] std::string names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(path())) {
      all.push_back(entry.path().filename().string());
    }
    std::sort(all.begin(), all.end());
    std::string text;
    for (const auto& name : all) text += name + " ";
    return text;
  }
  [[nodiscard]] std::string content(const std::string& name) const {
    std::ifstream in(fs::path(path()) / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TempDir home_;
};

TEST_F(DownloadFolderTest, EqualFilesOfAnEarlierRunStay) {
  const std::string large(200'000, 'x');
  const auto save = [&] {
    auto folder = open();
    std::string given;
    for (const auto& text : {std::string("one"), std::string("two"),
                             std::string("two"), large, large + "y",
                             std::string()}) {
      const auto name = folder.keep_as_new(file(folder, text), "a");
      EXPECT_TRUE(name);
      given += (name ? *name : "?") + " ";
    }
    return given;
  };
  const auto first = save();
  EXPECT_EQ(first, "a a-2 a-3 a-4 a-5 a-6 ");
  EXPECT_EQ(save(), first);
  EXPECT_EQ(names(), first);
  auto folder = open();
  // Of the same size, and differing only at the end.
  EXPECT_EQ(*folder.keep_as_new(file(folder, large + "z"), "a"), "a-7");
  EXPECT_EQ(content("a-5"), large + "y");
}

TEST_F(DownloadFolderTest, NewNamesAreNumbered) {
  auto folder = open();
  for (const char* expected : {"a.pdf", "a-2.pdf", "a-3.pdf"}) {
    const auto name = folder.keep_as_new(file(folder, expected), "a.pdf");
    ASSERT_TRUE(name);
    EXPECT_EQ(*name, expected);
    EXPECT_EQ(content(*name), expected);
  }
}

TEST_F(DownloadFolderTest, AFileThatIsThereIsLeftAsItIs) {
  auto folder = open();
  const std::string large(200'000, 'x');
  EXPECT_EQ(*folder.keep_if_new(file(folder, large), "a"), true);
  EXPECT_EQ(*folder.keep_if_new(file(folder, large), "a"), true);
  for (const auto& other :
       {large + "y", large.substr(1) + "y", std::string()}) {
    EXPECT_EQ(*folder.keep_if_new(file(folder, other), "a"), false);
    EXPECT_EQ(content("a"), large);
  }
  fs::create_symlink("a", fs::path(path()) / "link");
  EXPECT_EQ(*folder.keep_if_new(file(folder, large), "link"), false);
  EXPECT_TRUE(fs::is_symlink(fs::path(path()) / "link"));
  EXPECT_EQ(names(), "a link ");
  for (const char* call : {"fsync", "rename_new"}) {
    failing(call);
    EXPECT_FALSE(folder.keep_if_new(file(folder, "x"), "b")) << call;
    store::set_fault_hook(nullptr);
  }
  EXPECT_EQ(names(), "a link ");
}

TEST_F(DownloadFolderTest, AFileWithoutANameLeavesNothing) {
  auto folder = open();
  { const auto gone = file(folder, "x"); }
  EXPECT_EQ(names(), "");
}

TEST_F(DownloadFolderTest, WhatAKilledRunLeftBehindGoes) {
  { auto folder = open(); }
  std::ofstream(fs::path(path()) / ".mailtool-download-7.tmp") << "half";
  std::ofstream(fs::path(path()) / "mine") << "x";
  auto folder = open();
  EXPECT_EQ(names(), "mine ");
}

TEST_F(DownloadFolderTest, OneRunAtATime) {
  auto folder = open();
  const auto second = DownloadFolder::open(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::busy);
}

TEST_F(DownloadFolderTest, ALinkIsReplacedAndNeverFollowed) {
  auto folder = open();
  const auto outside = fs::path(home_.path()) / "outside";
  std::ofstream(outside) << "safe";
  fs::create_symlink(outside, fs::path(path()) / "a");
  EXPECT_EQ(folder.size_of("a"), std::nullopt);
  ASSERT_TRUE(folder.keep_over(file(folder, "new"), "a"));
  EXPECT_EQ(content("a"), "new");
  std::ifstream in(outside);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "safe");
}

TEST_F(DownloadFolderTest, NoNameForWhatIsNotOnTheDisk) {
  for (const char* call : {"fsync", "rename"}) {
    auto folder = open();
    ASSERT_TRUE(folder.keep_over_soon(file(folder, "1"), "one"));
    ASSERT_TRUE(folder.keep_over_soon(file(folder, "2"), "two"));
    failing(call);
    EXPECT_FALSE(folder.flush()) << call;
    EXPECT_FALSE(folder.keep_over(file(folder, "3"), "three")) << call;
    EXPECT_EQ(names(), "") << call;
    store::set_fault_hook(nullptr);
  }
}

TEST_F(DownloadFolderTest, ManyAreNamedTogether) {
  auto folder = open();
  for (int i = 0; i < 250; ++i) {
    ASSERT_TRUE(folder.keep_over_soon(file(folder, "x"), std::to_string(i)));
  }
  EXPECT_EQ(folder.size_of("199"), 1u);
  EXPECT_EQ(folder.size_of("249"), std::nullopt);
  ASSERT_TRUE(folder.flush());
  EXPECT_EQ(folder.size_of("249"), 1u);
}

TEST_F(DownloadFolderTest, PartialMessagesKnowWhatTheyAreOf) {
  auto folder = open();
  const auto begun = PartialMessages::begin("INBOX-5.eml", 7, 10);
  {
    PartialMessages partials(folder);
    auto writer = partials.open(begun);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write("0123"));
  }
  EXPECT_EQ(names(), ".INBOX-5.eml.7-10.part ");
  {
    PartialMessages partials(folder);
    EXPECT_FALSE(partials.find("INBOX-55.eml", 7));
    EXPECT_FALSE(partials.find("INBOX-5", 7));
    const auto found = partials.find("INBOX-5.eml", 7);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->have(), 4u);
    EXPECT_EQ(found->size(), 10u);
    auto writer = partials.open(*found);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write("456789"));
    StringSink all(100);
    ASSERT_TRUE(partials.copy(*found, all));
    EXPECT_EQ(all.text(), "0123456789");
  }
  {
    // All there: at least one octet is asked for, to know that it is the same.
    PartialMessages partials(folder);
    EXPECT_EQ(partials.find("INBOX-5.eml", 7)->have(), 9u);
  }
  PartialMessages partials(folder);
  EXPECT_FALSE(partials.find("INBOX-5.eml", 8));
  EXPECT_EQ(names(), "");
}

}  // namespace
}  // namespace mailtool::app
