#include <filesystem>
#include <sstream>

#include "served_fixture.h"
#include "support/child_process.h"

namespace mailtool::store {
namespace {

namespace fs = std::filesystem;
using Modseqs = std::vector<std::uint64_t>;

bool g_full = false;

int count_or_full(const char*) {
  if (++g_calls == g_last) _exit(9);
  return g_full ? ENOSPC : 0;
}
int full_for_files(const char* call) {
  return std::string_view(call) == "open" ? ENOSPC : 0;
}

class Modseq : public ServedTest {
 protected:
  static void add(ServedMaildir& maildir, int count, const char* flags = "") {
    for (int i = 0; i < count; ++i) {
      StringSource source("a\r\n");
      EXPECT_TRUE(maildir.add(source, 1'795'262'400, flags));
    }
    EXPECT_TRUE(maildir.commit());
  }
  static Modseqs all(const ServedMaildir& maildir) {
    Modseqs modseqs;
    for (const auto& one : maildir.messages()) modseqs.push_back(one.modseq);
    return modseqs;
  }
  [[nodiscard]] std::string text(const char* name) const {
    std::ifstream file(path_ + name, std::ios::binary);
    return (std::ostringstream() << file.rdbuf()).str();
  }
  // As if killed: nothing is put in order.
  template <class Work>
  void in_child(Work work) {
    const auto end = test::in_child([&](const test::Say&) {
      const auto maildir = ServedMaildir::open(path_, 7);
      work(**maildir);
      _exit(0);
    });
    EXPECT_TRUE(end.exited()) << end.status;
  }
};

TEST_F(Modseq, CountsOnceItIsAskedFor) {
  const auto maildir = open();
  add(*maildir, 2);
  EXPECT_EQ(all(*maildir), (Modseqs{0, 0}));
  EXPECT_EQ(maildir->highest_modseq(), 1u);
  EXPECT_EQ(all(*maildir), (Modseqs{1, 1}));
  EXPECT_TRUE(*maildir->set_flags(2, "S"));
  EXPECT_EQ(all(*maildir), (Modseqs{1, 2}));
  EXPECT_TRUE(*maildir->set_flags(2, "S"));
  EXPECT_EQ(maildir->highest_modseq(), 2u);
  add(*maildir, 2);
  EXPECT_EQ(all(*maildir), (Modseqs{1, 2, 3, 3}));
  EXPECT_EQ(*maildir->remove(Uids{3, 9}), 1u);
  EXPECT_EQ(maildir->highest_modseq(), 4u);
  EXPECT_EQ(*maildir->remove(Uids{9}), 0u);
  EXPECT_EQ(maildir->highest_modseq(), 4u);
}

TEST_F(Modseq, OthersChange) {
  const auto maildir = open();
  add(*maildir, 3);
  EXPECT_EQ(maildir->highest_modseq(), 1u);
  const auto file = path_ + "/cur/" + maildir->find(2)->name;
  fs::rename(file, file + "S");
  put("new/5.x.host", "other\r\n");
  EXPECT_TRUE(*maildir->refresh());
  EXPECT_EQ(all(*maildir), (Modseqs{1, 3, 1, 2}));
  fs::remove(file + "S");
  EXPECT_TRUE(*maildir->refresh());
  EXPECT_EQ(maildir->highest_modseq(), 4u);
  EXPECT_EQ(all(*maildir), (Modseqs{1, 1, 2}));
}

TEST_F(Modseq, StayWhileNobodyHasIt) {
  {
    const auto maildir = open();
    add(*maildir, 4);
    EXPECT_EQ(maildir->highest_modseq(), 1u);
    EXPECT_TRUE(*maildir->set_flags(3, "FS"));
  }
  EXPECT_EQ(text("/modseqs"), "1 7 2\n1:2 1 \n3 2 FS\n4 1 \n");
  EXPECT_EQ(text("/served"), "2 7 5 3\n");
  const auto before = fs::last_write_time(path_ + "/served");
  {
    const auto maildir = open();
    EXPECT_EQ(maildir->highest_modseq(), 2u);
    EXPECT_EQ(all(*maildir), (Modseqs{1, 1, 2, 1}));
  }
  EXPECT_EQ(fs::last_write_time(path_ + "/served"), before);
  // What is changed by who does not count is found by its flags.
  {
    const auto maildir = open();
    EXPECT_TRUE(*maildir->set_flags(1, "S"));
    EXPECT_TRUE(*maildir->remove(Uids{4}));
    add(*maildir, 1);
  }
  {
    const auto maildir = open();
    EXPECT_EQ(maildir->highest_modseq(), 3u);
    EXPECT_EQ(all(*maildir), (Modseqs{3, 1, 2, 3}));
    EXPECT_TRUE(*maildir->remove(Uids{2}));
  }
  EXPECT_EQ(open()->highest_modseq(), 4u);
  // One that is gone raises the highest alone.
  EXPECT_TRUE(*open()->remove(Uids{5}));
  const auto maildir = open();
  EXPECT_EQ(maildir->highest_modseq(), 5u);
  EXPECT_EQ(all(*maildir), (Modseqs{3, 2}));
}

TEST_F(Modseq, NeverFallBehindACrash) {
  std::uint64_t highest = 0;
  {
    const auto maildir = open();
    add(*maildir, 2);
    highest = maildir->highest_modseq();
  }
  for (int i = 0; i < 3; ++i) {
    in_child([](ServedMaildir& maildir) {
      (void)maildir.highest_modseq();
      (void)maildir.set_flags(1, "F");
      (void)maildir.set_flags(1, "");
    });
    const auto maildir = open();
    EXPECT_GT(maildir->highest_modseq(), highest + 2);
    highest = maildir->highest_modseq();
    // All of them are new: which had which is not known.
    EXPECT_EQ(all(*maildir), (Modseqs{highest, highest}));
  }
  // One that was only looked at has lost nothing.
  in_child([](ServedMaildir& maildir) { (void)maildir.highest_modseq(); });
  EXPECT_EQ(open()->highest_modseq(), highest);
}

// Whatever call the process dies at, what it told is below what comes.
TEST_F(Modseq, KilledAtEachCall) {
  std::uint64_t highest = 0;
  for (int last = 1; last < 200; ++last) {
    const auto end = test::in_child([&](const test::Say& say) {
      g_calls = 0;
      g_last = last;
      set_fault_hook(count_or_full);
      auto maildir = ServedMaildir::open(path_, 7);
      if (!maildir) _exit(8);
      StringSource source("a\r\n");
      if ((*maildir)->messages().empty()) {
        (void)(*maildir)->add(source, std::nullopt, "");
        (void)(*maildir)->commit();
      }
      const auto flags = (*maildir)->messages()[0].flags().empty() ? "S" : "";
      (void)(*maildir)->highest_modseq();
      (void)(*maildir)->set_flags((*maildir)->messages()[0].uid, flags);
      say(std::to_string((*maildir)->messages()[0].modseq));
    });
    ASSERT_TRUE(end.exited() || end.exited(9)) << end.status;
    if (!end.said.empty()) {
      const auto told = std::stoull(end.said);
      EXPECT_GT(told, highest) << last;
      highest = told;
    }
    if (end.exited()) {
      EXPECT_GT(last, 5);
      return;
    }
    EXPECT_GE(open()->highest_modseq(), highest) << last;
    highest = std::max(highest, open()->highest_modseq());
  }
  FAIL() << "never came to the end";
}

// Nothing is refused for want of a mod-sequence.
TEST_F(Modseq, FullDisk) {
  {
    const auto maildir = open();
    add(*maildir, 3);
    EXPECT_EQ(maildir->highest_modseq(), 1u);
  }
  const auto maildir = open();
  EXPECT_EQ(maildir->highest_modseq(), 1u);
  set_fault_hook(full_for_files);
  EXPECT_TRUE(*maildir->set_flags(1, "S"));
  EXPECT_EQ(all(*maildir), (Modseqs{0, 0, 0}));
  EXPECT_EQ(*maildir->remove(Uids{2}), 1u);
  EXPECT_EQ(maildir->highest_modseq(), 0u);
  set_fault_hook(nullptr);
  const auto highest = maildir->highest_modseq();
  EXPECT_GT(highest, 1u);
  EXPECT_EQ(all(*maildir), (Modseqs{highest, highest}));
}

TEST_F(Modseq, DamagedFile) {
  {
    const auto maildir = open();
    add(*maildir, 3);
    (void)maildir->highest_modseq();
  }
  for (const std::string rows :
       {"", "1 7 1", "1 7 1\n1:3 1 ", "1 7 1\n1:3 2 \n", "1 7 1\n1:3 0 \n",
        "1 8 1\n1:3 1 \n", "1 7 2\n1:3 1 \n", "1 7 1\n3:1 1 \n",
        "1 7 1\n2:3 1 \n1 1 \n", "1 7 1\n1:3 1\n", "1 7 1\nx\n",
        "1 7 1\n1:3 1 \n\n"}) {
    put("modseqs", rows);
    put("served", "2 7 4 2\n");
    const auto maildir = open();
    EXPECT_EQ(maildir->highest_modseq(), 2u) << rows;
    EXPECT_EQ(all(*maildir), (Modseqs{2, 2, 2})) << rows;
  }
  put("modseqs", "1 7 1\n" + std::string(100'000, '1'));
  put("served", "2 7 4 2\n");
  EXPECT_EQ(open()->highest_modseq(), 2u);
}

TEST_F(Modseq, StateOfVersionOne) {
  { add(*open(), 1); }
  put("served", "1 7 2\n");
  EXPECT_EQ(open()->highest_modseq(), 1u);
  EXPECT_EQ(text("/served"), "2 7 2 2\n");
  for (const auto* damaged : {"1 7 2 2\n", "2 7 2\n", "2 7 2 0\n",
                              "2 7 2 9223372036854775808\n", "3 7 2 2\n"}) {
    put("served", damaged);
    EXPECT_EQ(ServedMaildir::open(path_, 7).error().kind, ErrorKind::config)
        << damaged;
  }
  // None is left.
  put("served", "2 7 2 9223372036854775807\n");
  EXPECT_EQ(open()->highest_modseq(), 0u);
}

}  // namespace
}  // namespace mailtool::store
