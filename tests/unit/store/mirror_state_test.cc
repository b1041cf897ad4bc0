#include "mailtool/store/mirror_state.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "mailtool/store/mirror_maildir.h"
#include "store/system.h"
#include "support/temp_dir.h"
#include "text_of.h"

namespace mailtool::store {
namespace {

const MirrorTitle kTitle{7, "bob@mail.example", "Sent Mail/100% &AOk-"};

class Mirror : public testing::Test {
 protected:
  std::unique_ptr<MirrorState> open() {
    auto state = MirrorState::open(path, kTitle);
    EXPECT_TRUE(state) << state.error().one_line();
    return state ? *std::move(state) : nullptr;
  }
  /// "1:S 2~": what is known, by UID.
  static std::string text(const MirrorState& state) {
    std::string all;
    for (const auto& record : state.records()) {
      all += (all.empty() ? "" : " ") + std::to_string(record.uid) +
             (record.gone() ? "~" : ":" + state.flags_of(record));
    }
    return all;
  }
  std::optional<MirrorPoint> glanced() {
    auto glance = MirrorState::glance(path);
    EXPECT_TRUE(glance && *glance);
    EXPECT_EQ((*glance)->title, kTitle);
    return (*glance)->point;
  }

  test::TempDir folder;
  std::string path = (folder.path() / "state").string();
  MirrorPoint point{10, 51, 4, 0, ""};
};

TEST_F(Mirror, KnowsAfterwardsWhatItWasTold) {
  EXPECT_FALSE(*MirrorState::glance(path));
  auto state = open();
  ASSERT_TRUE(state);
  for (const std::uint32_t uid : {3u, 1u, 9u}) state->add(uid, "");
  state->add(4, "FS $Work");
  state->settle();
  EXPECT_EQ(text(*state), "1: 3: 4:FS $Work 9:");
  state->add_gone(3);
  state->forget(1);
  state->add(9, "S");
  state->add_point(point);
  ASSERT_TRUE(state->commit());
  state->settle();
  EXPECT_EQ(text(*state), "3~ 4:FS $Work 9:S");
  EXPECT_EQ(glanced(), point);
  state = open();
  EXPECT_EQ(text(*state), "3~ 4:FS $Work 9:S");
  EXPECT_EQ(state->point(), point);
  EXPECT_EQ(state->find(2), nullptr);
  ASSERT_NE(state->find(4), nullptr);
  state->add(11, "");
  EXPECT_FALSE(state->point());
  ASSERT_TRUE(state->commit());
  EXPECT_FALSE(glanced());
}

TEST_F(Mirror, APointHasWhatIsMissing) {
  point.missing = "3,5:7";
  point.gone = 2;
  auto state = open();
  state->add_point(point);
  ASSERT_TRUE(state->commit());
  EXPECT_EQ(glanced(), point);
  point.missing = std::string(100'000, '1');
  state->add_point(point);
  ASSERT_TRUE(state->commit());
  EXPECT_EQ(glanced()->missing, "3,5:7");
}

TEST_F(Mirror, AnotherTitleIsRefused) {
  ASSERT_TRUE(open());
  for (auto other : {MirrorTitle{8, kTitle.owner, kTitle.folder},
                     MirrorTitle{7, "carol@mail.example", kTitle.folder},
                     MirrorTitle{7, kTitle.owner, "Sent"}}) {
    const auto refused = MirrorState::open(path, other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::bad_input);
  }
}

TEST_F(Mirror, SurvivesAnyCut) {
  {
    auto state = open();
    state->add(1, "S");
    state->add(2, "");
    state->add_point(point);
    state->add(3, "F");
    state->add_point(point);
    ASSERT_TRUE(state->commit());
  }
  const auto whole = test::text_of(path);
  const auto title = whole.find('\n') + 1;
  for (auto size = title; size <= whole.size(); ++size) {
    std::ofstream(path, std::ios::trunc) << whole.substr(0, size);
    auto state = open();
    ASSERT_TRUE(state);
    const auto lines = whole.substr(title, size - title);
    const auto known = text(*state);
    EXPECT_EQ(known.find("1:S") != known.npos,
              lines.find("+1 S\n") != lines.npos);
    EXPECT_EQ(known.find("3:F") != known.npos,
              lines.find("+3 F\n") != lines.npos);
    // The last line that is whole.
    const auto whole_lines = lines.substr(0, lines.rfind('\n') + 1);
    const auto last = whole_lines.size() < 2
                          ? whole_lines.npos
                          : whole_lines.rfind('\n', whole_lines.size() - 2);
    const auto line = whole_lines.substr(last == whole_lines.npos ? 0 : last + 1);
    EXPECT_EQ(state->point().has_value(), line.starts_with('=')) << lines;
    // What is added behind a line that was cut is read again.
    state->add(8, "");
    ASSERT_TRUE(state->commit());
    EXPECT_NE(open()->find(8), nullptr);
  }
}

TEST_F(Mirror, LinesThatAreNoneTakeThePointAway) {
  for (const char* damage :
       {"\n", "+\n", "+x S\n", "+0 S\n", "+4294967296 S\n", "+5\n", "~5 S\n",
        "-\n", "=1 2 3\n", "=0 2 3 4 -\n", "=1 2 3 4\n", "?\n"}) {
    {
      std::filesystem::remove(path);
      auto state = open();
      state->add(1, "S");
      state->add_point(point);
      ASSERT_TRUE(state->commit());
    }
    std::ofstream(path, std::ios::app) << damage;
    const auto state = open();
    EXPECT_EQ(text(*state), "1:S") << damage;
    EXPECT_FALSE(state->point()) << damage;
    EXPECT_FALSE(glanced()) << damage;
  }
  std::ofstream(path, std::ios::app) << std::string(300'000, '+') << "\n+7 -\n";
  EXPECT_EQ(text(*open()), "1:S 7:");
}

TEST_F(Mirror, NoStateIsRefusedAndKept) {
  for (const char* content : {"x\n", "mailtool-mirror 2 7 a b\n",
                              "mailtool-mirror 1 x a b\n",
                              "mailtool-mirror 1 7 a%0 b\n",
                              "mailtool-mirror 1 7 a b"}) {
    std::ofstream(path, std::ios::trunc) << content;
    const auto glance = MirrorState::glance(path);
    ASSERT_FALSE(glance) << content;
    EXPECT_EQ(glance.error().kind, ErrorKind::bad_input);
    EXPECT_EQ(test::text_of(path), content);
  }
}

TEST_F(Mirror, AFileOfManyOldLinesIsRewritten) {
  {
    auto state = open();
    for (int round = 0; round < 6000; ++round) state->add(5, "S");
    state->add(6, "");
    state->add_gone(7);
    state->add_point(point);
    ASSERT_TRUE(state->commit());
  }
  const auto before = std::filesystem::file_size(path);
  auto state = open();
  EXPECT_LT(std::filesystem::file_size(path), before / 100);
  EXPECT_EQ(text(*state), "5:S 6: 7~");
  EXPECT_EQ(glanced(), point);
}

int fail_all(const char* call) {
  const std::string_view name(call);
  return name == "fdatasync" || name == "fsync" ? EIO : 0;
}

TEST_F(Mirror, WhatIsNotOnTheDiskIsAFailure) {
  auto state = open();
  state->add(1, "");
  set_fault_hook(fail_all);
  const auto failed = state->commit();
  set_fault_hook(nullptr);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::local_io);
}

TEST_F(Mirror, AMillionInAnyOrder) {
  auto state = open();
  constexpr std::uint32_t kCount = 1'000'000;
  for (std::uint32_t uid = kCount; uid > 0; --uid) state->add(uid, "S");
  ASSERT_TRUE(state->commit());
  state->settle();
  EXPECT_EQ(state->records().size(), kCount);
  EXPECT_NE(open()->find(kCount / 2), nullptr);
}

TEST(MirrorName, SaysUidAndUidvalidity) {
  const auto name = parse_mirror_name("1735787040.V7U4711.mail.example:2,FS");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->uidvalidity, 7u);
  EXPECT_EQ(name->uid, 4711u);
  for (const char* other :
       {"", ".", "1.V7U1", "1.V7U0.h", "1.VU1.h", "1.V7U.h", "1.V7.h", "1.M7U1.h",
        "1.V7U4294967296.h", "1.V7U1x.h", "1.V-7U1.h"}) {
    EXPECT_FALSE(parse_mirror_name(other)) << other;
  }
}

TEST(MirrorMaildir, NamesRenamesAndRemoves) {
  const test::TempDir folder;
  const auto path = (folder.path() / "box").string();
  auto opened = MirrorMaildir::open(path, 7);
  ASSERT_TRUE(opened);
  auto& mirror = **opened;
  ASSERT_TRUE(mirror.files().begin());
  ASSERT_TRUE(mirror.files().write("Subject: x\n\n"));
  ASSERT_TRUE(mirror.end_message(4711, 837'596'665, "FS"));
  ASSERT_TRUE(mirror.files().commit());
  std::ofstream(path + "/new/1.V7U5.h") << "5";
  std::ofstream(path + "/cur/1.V8U6.h:2,S") << "of another";
  const auto listed = [&] {
    std::string all;
    EXPECT_TRUE(mirror.for_each([&](const MirrorMaildir::File& file) {
      all += std::to_string(file.uid) + (file.in_new ? "n" : "c") +
             std::string(file.flags) + " ";
    }));
    return all;
  };
  EXPECT_EQ(listed(), "5n 4711cFS ");
  std::string name;
  ASSERT_TRUE(mirror.for_each([&](const MirrorMaildir::File& file) {
    if (file.uid == 4711) name = file.name;
  }));
  EXPECT_TRUE(name.starts_with("837596665.V7U4711."));
  struct stat found {};
  ASSERT_EQ(::stat((path + "/cur/" + name).c_str(), &found), 0);
  EXPECT_EQ(found.st_mtime, 837'596'665);
  EXPECT_TRUE(*mirror.set_flags(false, name, "R"));
  EXPECT_TRUE(*mirror.set_flags(true, "1.V7U5.h", "S"));
  EXPECT_FALSE(*mirror.set_flags(false, name, "S"));
  EXPECT_EQ(listed(), "4711cR 5cS ");
  EXPECT_FALSE(*mirror.remove(false, name));
  EXPECT_TRUE(*mirror.remove(false, "1.V7U5.h:2,S"));
  ASSERT_TRUE(mirror.sync());
  EXPECT_EQ(listed(), "4711cR ");
}

}  // namespace
}  // namespace mailtool::store
