#include "app/imap_watch_state.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "store/system.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kAccount = "bob@mail.example";
constexpr std::string_view kFolder = "S\xC3\xBC" "d/\"1\"";

WatchMarks some_marks() {
  return {1795220040, 4712, 99, {{4710, 2}, {4711, 1}}};
}

TEST(WatchMarks, ReadBackAsWritten) {
  WatchMarks largest{UINT32_MAX, std::uint64_t{UINT32_MAX} + 1, INT64_MAX, {}};
  for (std::uint32_t i = 0; i < kMostFailed; ++i) {
    largest.failed[UINT32_MAX - i] = UINT32_MAX;
  }
  for (const auto& marks : {WatchMarks{}, some_marks(), largest}) {
    const auto text = to_text(marks, kAccount, kFolder);
    EXPECT_EQ(parse_watch_marks(text, kAccount, kFolder), marks) << text;
  }
}

TEST(WatchMarks, NothingOfAFileThatIsCut) {
  const auto text = to_text(some_marks(), kAccount, kFolder);
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(parse_watch_marks(text.substr(0, length), kAccount, kFolder),
              std::nullopt)
        << length;
  }
}

TEST(WatchMarks, NothingOfWhatIsNotMeant) {
  const auto text = to_text(some_marks(), kAccount, kFolder);
  EXPECT_EQ(parse_watch_marks(text, "eve@mail.example", kFolder), std::nullopt);
  EXPECT_EQ(parse_watch_marks(text, kAccount, "INBOX"), std::nullopt);
  const auto with = [&](std::string_view what, std::string_view instead) {
    auto changed = text;
    const auto at = changed.find(what);
    EXPECT_NE(at, changed.npos);
    return parse_watch_marks(changed.replace(at, what.size(), instead),
                             kAccount, kFolder);
  };
  EXPECT_EQ(with("watch 1", "watch 2"), std::nullopt);
  EXPECT_EQ(with("uidnext 4712", "uidnext 0"), std::nullopt);
  EXPECT_EQ(with("uidnext 4712", "uidnext 4294967297"), std::nullopt);
  EXPECT_EQ(with("uidnext 4712", "uidnext -1"), std::nullopt);
  EXPECT_EQ(with("modseq 99", "modseq x"), std::nullopt);
  EXPECT_EQ(with("modseq 99", "other 99"), std::nullopt);
  EXPECT_EQ(with("failed 4710 2", "failed 0 2"), std::nullopt);
  EXPECT_EQ(with("failed 4710 2", "failed 4710"), std::nullopt);
}

TEST(WatchState, OutlivesTheWatch) {
  const test::TempDir dir;
  const auto place = (dir.path() / "a" / "b").string();
  {
    auto state = WatchState::open(place, "bob@mail.example", "INBOX");
    ASSERT_TRUE(state) << state.error().one_line();
    EXPECT_EQ(state->marks, std::nullopt);
    state->marks = some_marks();
    ASSERT_TRUE(state->save());
    // Another watch of the folder waits for nothing, and disturbs nothing.
    auto other = WatchState::open(place, "bob@mail.example", "INBOX");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, ErrorKind::busy);
    EXPECT_NE(other.error().hint.find("--state"), std::string::npos);
    EXPECT_TRUE(WatchState::open(place, "bob@mail.example", "Inbox/2"));
    EXPECT_TRUE(WatchState::open(place, "eve@mail.example", "INBOX"));
  }
  auto again = WatchState::open(place, "bob@mail.example", "INBOX");
  ASSERT_TRUE(again) << again.error().one_line();
  EXPECT_EQ(again->marks, some_marks());
}

TEST(WatchState, DamageIsToldAndNotPassedOver) {
  const test::TempDir dir;
  const auto place = dir.path().string();
  {
    auto state = WatchState::open(place, "bob@mail.example", "INBOX");
    ASSERT_TRUE(state);
    state->marks = some_marks();
    ASSERT_TRUE(state->save());
  }
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(place)) {
    if (file.path().extension() != ".watch") continue;
    ++files;
    std::ofstream(file.path()) << "mailtool-watch 1\n";
  }
  EXPECT_EQ(files, 1);
  const auto state = WatchState::open(place, "bob@mail.example", "INBOX");
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::bad_input);
  EXPECT_NE(state.error().hint, "");
}

TEST(WatchState, InMemoryNothingIsWritten) {
  WatchState state;
  state.marks = some_marks();
  EXPECT_FALSE(state.durable());
  EXPECT_TRUE(state.save());
}

// A disk that fails at any call leaves the marks as they were before.
int calls_left = 0;
int fail_later(const char*) { return calls_left-- > 0 ? 0 : ENOSPC; }

TEST(WatchState, AFullDiskLeavesWhatWas) {
  const test::TempDir dir;
  const auto place = dir.path().string();
  bool saved = false;
  int calls = 0;
  for (; !saved && calls < 100; ++calls) {
    {
      auto state = WatchState::open(place, "bob@mail.example", "INBOX");
      ASSERT_TRUE(state) << state.error().one_line();
      state->marks = some_marks();
      ASSERT_TRUE(state->save());
      state->marks->uidnext = 4713;
      calls_left = calls;
      store::set_fault_hook(fail_later);
      saved = state->save().has_value();
      store::set_fault_hook(nullptr);
    }
    auto state = WatchState::open(place, "bob@mail.example", "INBOX");
    ASSERT_TRUE(state) << state.error().one_line();
    ASSERT_TRUE(state->marks);
    // Only the sync of the folder comes after the new file is in its place.
    if (saved) {
      EXPECT_EQ(state->marks->uidnext, 4713u);
    } else {
      EXPECT_TRUE(state->marks->uidnext == 4712 ||
                  state->marks->uidnext == 4713);
    }
  }
  EXPECT_TRUE(saved);
  EXPECT_GT(calls, 3);
}

}  // namespace
}  // namespace mailtool::app
