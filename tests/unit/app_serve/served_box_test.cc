#include <filesystem>
#include <fstream>

#include "box_fixture.h"

namespace mailtool::app {
namespace {

using Box = BoxTest;

// CLOSE lets go of the box, and waits for what it has begun.
TEST_F(Box, SettlesBeforeItGoes) {
  auto box = open();
  append(*box, "one");
  const auto ticket = box->ticket();
  auto one = box->append(0, std::nullopt);
  ASSERT_TRUE(one && (*one)->write("two"));
  (*one)->end();
  box.reset();
  ASSERT_TRUE(ticket->outcome);
  EXPECT_TRUE(*ticket->outcome);
  ASSERT_TRUE((*one)->outcome());
  EXPECT_EQ((*one)->uid(), 2U);
  EXPECT_FALSE(disk_.is_dirty());
  EXPECT_EQ(open()->messages().size(), 2U);
}

TEST_F(Box, IsThereAgain) {
  {
    const auto box = open();
    const auto work = box->keyword("Work");
    ASSERT_TRUE(work);
    EXPECT_EQ(*box->keyword("WORK"), *work);
    EXPECT_EQ(append(*box, "a\r\n", serve::kSeen | *work), 1u);
    EXPECT_EQ(append(*box, "b\r\n"), 2u);
    EXPECT_TRUE(*box->set_flags(2, serve::kDeleted));
    EXPECT_FALSE(*box->set_flags(3, 0));
    const auto synced = box->sync();
    EXPECT_FALSE(synced->outcome());
    disk_.sync();
    EXPECT_TRUE(synced->outcome());
    EXPECT_FALSE(disk_.is_dirty());
  }
  const auto box = open();
  ASSERT_EQ(box->messages().size(), 2u);
  EXPECT_EQ(box->keywords(), std::vector<std::string>{"Work"});
  EXPECT_EQ(box->messages()[0].flags,
            serve::kSeen | (Flags{1} << serve::kSystemFlags.size()));
  EXPECT_EQ(box->messages()[1].flags, serve::kDeleted);
  EXPECT_EQ(box->messages()[0].date, 1'795'176'000);
  EXPECT_EQ(text_of(*box, 1), "a\r\n");
  EXPECT_TRUE(box->remove({1, 9}));
  EXPECT_TRUE(box->remove({1}));
  EXPECT_EQ(box->messages().size(), 1u);
}

TEST_F(Box, EachFlagIsKept) {
  const auto box = open();
  append(*box, "a\r\n");
  for (std::size_t i = 0; i < serve::kSystemFlags.size(); ++i) {
    EXPECT_TRUE(*box->set_flags(1, Flags{1} << i));
    EXPECT_FALSE(*box->refresh());
    EXPECT_EQ(box->messages()[0].flags, Flags{1} << i) << i;
  }
}

// Such a message once ended each session that asked for it.
TEST_F(Box, AFileThatIsWrittenToIsReadAsItIs) {
  const auto box = open();
  append(*box, "some text\r\n");
  std::filesystem::path path;
  for (const auto& one :
       std::filesystem::directory_iterator(dir_.path() / "a/cur")) {
    path = one.path();
  }
  std::filesystem::resize_file(path, 4);
  EXPECT_EQ(text_of(*box, 1), "some");
  EXPECT_EQ(box->messages()[0].octets, 4u);
  const auto changes = box->changes();
  EXPECT_TRUE(box->refresh());
  EXPECT_GT(box->changes(), changes);

  const auto source = box->open(1);
  ASSERT_TRUE(source);
  std::filesystem::resize_file(path, 2);
  StringSink sink(1000);
  const auto copied = copy_all(**source, sink);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().kind, ErrorKind::local_io);
  EXPECT_EQ(text_of(*box, 1), "so");
}

TEST_F(Box, Copies) {
  const auto from = open("a");
  const auto to = open("b");
  (void)to->keyword("Other");
  append(*from, "a\r\n", serve::kSeen | *from->keyword("Work"));
  append(*from, "b\r\n");
  const auto copying = from->copy({1, 2}, *to);
  EXPECT_FALSE(copying->outcome());
  disk_.sync();
  ASSERT_TRUE(copying->outcome() && *copying->outcome());
  EXPECT_EQ(copying->uids(), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(text_of(*to, 2), "b\r\n");
  EXPECT_EQ(to->messages()[0].flags, serve::kSeen | *to->keyword("Work"));
  EXPECT_EQ(to->messages()[0].date, 1'795'176'000);

  // All or none.
  const auto partly = from->copy({1, 3}, *to);
  disk_.sync();
  ASSERT_TRUE(partly->outcome());
  EXPECT_FALSE(*partly->outcome());
  EXPECT_EQ(to->messages().size(), 2u);
}

// What others had renamed could not be read, changed or removed as long as a
// session had the box open.
TEST_F(Box, OthersRename) {
  const auto box = open();
  for (const auto* text : {"one\r\n", "two\r\n", "three\r\n"}) {
    append(*box, text);
  }
  const auto rename_all = [&](std::string_view flags) {
    std::vector<std::filesystem::path> all;
    for (const auto& entry :
         std::filesystem::directory_iterator(dir_.path() / "a/cur")) {
      all.push_back(entry.path());
    }
    for (const auto& from : all) {
      auto name = from.string();
      name.resize(name.rfind(":2,") + 3);
      std::filesystem::rename(from, name + std::string(flags));
    }
  };
  rename_all("S");
  const auto before = box->messages().data();
  EXPECT_EQ(text_of(*box, 1), "one\r\n");
  EXPECT_EQ(box->messages().data(), before);
  EXPECT_TRUE(*box->set_flags(1, serve::kDeleted));
  EXPECT_EQ(box->messages()[0].flags, serve::kDeleted | serve::kSeen);
  EXPECT_TRUE(box->look());
  EXPECT_EQ(box->messages()[1].flags, serve::kSeen);
  rename_all("F");
  EXPECT_TRUE(box->remove({1, 3}));
  ASSERT_EQ(box->messages().size(), 1u);
  EXPECT_EQ(std::distance(
                std::filesystem::directory_iterator(dir_.path() / "a/cur"), {}),
            1);
  for (const auto& entry :
       std::filesystem::directory_iterator(dir_.path() / "a/cur")) {
    std::filesystem::remove(entry.path());
  }
  EXPECT_FALSE(*box->set_flags(2, 0));
  EXPECT_TRUE(box->messages().empty());
}

TEST_F(Box, OthersDeliverBetweenTwoSessions) {
  const auto box = open();
  append(*box, "one\r\n");
  EXPECT_TRUE(box->look());
  std::ofstream(dir_.path() / "a/new/9.other.host") << "two\n";
  EXPECT_TRUE(box->look());
  ASSERT_EQ(box->messages().size(), 2u);
  EXPECT_EQ(text_of(*box, 2), "two\r\n");
  // Not while a message waits that has a lower UID.
  auto waiting = box->append(0, std::nullopt);
  (*waiting)->end();
  std::ofstream(dir_.path() / "a/new/10.other.host") << "four\n";
  EXPECT_TRUE(box->look());
  EXPECT_EQ(box->messages().size(), 2u);
  disk_.sync();
  EXPECT_TRUE(box->look());
  EXPECT_EQ(box->messages().size(), 4u);
  EXPECT_EQ(text_of(*box, 4), "four\r\n");
}

TEST_F(Box, WhatIsNotEndedIsNotThere) {
  const auto box = open();
  {
    auto one = box->append(0, std::nullopt);
    EXPECT_TRUE((*one)->write("half"));
  }
  disk_.sync();
  EXPECT_TRUE(box->messages().empty());
}

}  // namespace
}  // namespace mailtool::app
