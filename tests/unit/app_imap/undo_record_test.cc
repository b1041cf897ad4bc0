#include "app/imap_undo_overtaken.h"
#include "app/imap_undo_record.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

using Kind = UndoPart::Kind;

imap::SequenceSet uids(std::string_view text) {
  return *imap::parse_sequence_set(text);
}

UndoRecord head(std::string verb) {
  UndoRecord record;
  record.owner = "bob@mail.example:1143";
  record.time = 1795220040;
  record.verb = std::move(verb);
  return record;
}

TEST(UndoRecord, RoundTrip) {
  const UndoPart parts[] = {
      {Kind::moved, "INBOX", 7, uids("2,4"), "A b%/ü", 9, uids("10:11"), ""},
      {Kind::copied, "-", 7, uids("2"), "Archive", 9, uids("3"), ""},
      {Kind::flagged, "INBOX", 7, uids("1:3,9"), "", 0, {}, "\\Seen"},
      {Kind::unflagged, "INBOX", 7, uids("1"), "", 0, {}, "$Junk"},
      {Kind::untold, "INBOX", 0, uids("1"), "Archive", 0, {}, ""},
      {Kind::unsure, "INBOX", 7, {}, "Archive", 9, uids("1"), ""},
      {Kind::cut, "INBOX", 7, uids("1:2"), "Archive", 9, uids("3,5"), ""},
      {Kind::refused, "INBOX", 7, uids("1:2"), "Archive", 9, uids("3,5"), ""},
      {Kind::erased, "A b", 7, uids("1:2"), "", 0, {}, ""},
      {Kind::erased, "A b", 0, {}, "", 0, {}, ""}};
  auto text = to_text(head("move"));
  for (const auto& part : parts) text += to_text(part);
  text += kUndoEnd;
  const auto record = parse_undo_record(text);
  ASSERT_TRUE(record) << record.error().one_line();
  EXPECT_EQ(record->owner, "bob@mail.example:1143");
  EXPECT_EQ(record->time, 1795220040);
  EXPECT_EQ(record->verb, "move");
  EXPECT_TRUE(record->finished);
  EXPECT_EQ(record->parts, std::vector(std::begin(parts), std::end(parts)));
  EXPECT_FALSE(record->complete());
}

// What a crash may leave: every beginning of a record. Never is more taken back
// than was noted, never less than was done.
TEST(UndoRecord, EveryBeginning) {
  const auto part = to_text(
      UndoPart{Kind::moved, "INBOX", 7, uids("2,4"), "Trash", 9, uids("1:2"), ""});
  const auto begin = to_text(head("move"));
  const auto text = begin + part + std::string(kUndoEnd);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto record = parse_undo_record(text.substr(0, size));
    ASSERT_TRUE(record) << size;
    EXPECT_EQ(record->verb.empty(), size < begin.size()) << size;
    EXPECT_EQ(record->parts.size(), size < begin.size() + part.size() ? 0u : 1u);
    EXPECT_FALSE(record->complete());
  }
  EXPECT_TRUE(parse_undo_record(text)->complete());
}

// Flags are noted before they are changed: no end is needed.
TEST(UndoRecord, FlagsWithoutEnd) {
  const auto part = to_text(
      UndoPart{Kind::flagged, "INBOX", 7, uids("2"), "", 0, {}, "\\Seen"});
  EXPECT_TRUE(parse_undo_record(to_text(head("flag")) + part)->complete());
  EXPECT_FALSE(parse_undo_record(to_text(head("flag")))->complete());
  EXPECT_FALSE(parse_undo_record(to_text(head("move")) + part)->complete());
}

// Not to be taken back, each by itself: and not passed over for an older one.
TEST(UndoRecord, DeletedForGoodOrNothingChanged) {
  const auto begin = to_text(head("folder delete"));
  const auto end = std::string(kUndoEnd);
  const auto erased = to_text(
      UndoPart{Kind::erased, "Old", 0, {}, "", 0, {}, ""});
  const auto deleted = parse_undo_record(begin + erased + end);
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->verb, "folder delete");
  EXPECT_FALSE(deleted->complete());
  EXPECT_FALSE(deleted->idle());
  EXPECT_TRUE(parse_undo_record(begin + end)->idle());
  EXPECT_FALSE(parse_undo_record(begin)->idle());
}

TEST(UndoRecord, OvertakenByALaterChange) {
  const auto record = [](const char* verb, const UndoPart& part) {
    return *parse_undo_record(to_text(head(verb)) + to_text(part) +
                              std::string(kUndoEnd));
  };
  const UndoPart cut{Kind::cut, "INBOX", 7,           uids("1:3"),
                     "A",       9,       uids("1:3"), ""};
  auto refused = cut;
  refused.kind = Kind::refused;
  auto again = cut;
  again.kind = Kind::moved;
  for (const auto& open : {record("move", cut), record("move", refused)}) {
    EXPECT_TRUE(overtakes(record("move", again), open));
    EXPECT_TRUE(overtakes(*parse_undo_record(to_text(head("move"))), open));
    EXPECT_FALSE(overtakes(*parse_undo_record(to_text(head("flag"))), open));
    EXPECT_TRUE(overtakes(
        record("delete",
               {Kind::erased, "INBOX", 7, uids("3:9"), "", 0, {}, ""}),
        open));
    EXPECT_TRUE(overtakes(
        record("folder delete", {Kind::erased, "INBOX", 0, {}, "", 0, {}, ""}),
        open));
    for (const auto& other :
         {UndoPart{Kind::moved, "INBOX", 7, uids("4"), "A", 9, uids("4"), ""},
          UndoPart{Kind::moved, "INBOX", 8, uids("1"), "A", 9, uids("4"), ""},
          UndoPart{Kind::moved, "B", 7, uids("1"), "A", 9, uids("4"), ""}}) {
      EXPECT_FALSE(overtakes(record("move", other), open));
    }
  }
  EXPECT_FALSE(overtakes(record("move", again), record("move", again)));
}

TEST(UndoRecord, OvertakenStandsBehindTheEnd) {
  const auto text = to_text(head("move")) + std::string(kUndoEnd);
  const auto overtaken = std::string(kUndoOvertaken);
  EXPECT_FALSE(parse_undo_record(text)->overtaken);
  EXPECT_TRUE(parse_undo_record(text + overtaken)->overtaken);
  EXPECT_FALSE(parse_undo_record(text + overtaken)->complete());
  EXPECT_FALSE(parse_undo_record(text + "overta")->overtaken);
  EXPECT_FALSE(parse_undo_record(to_text(head("move")) + overtaken));
}

TEST(UndoRecord, Damaged) {
  const auto begin = to_text(head("move"));
  const char* lines[] = {
      "moved INBOX 7 2,4 Trash 9\n",         "moved INBOX 7 2,4 Trash 9 x\n",
      "moved INBOX 7 2,4 Trash 9 1:*\n",     "moved INBOX 7  2 Trash 9 1\n",
      "moved INBOX -7 2 Trash 9 1\n",        "moved %zz 7 2 Trash 9 1\n",
      "moved %C3 7 2 Trash 9 1\n",           "moved INBOX 7 2 Trash 9 1 \n",
      "moved INBOX 7 2 Trash 9999999999 1\n", "flagged INBOX 7 2 a(b\n",
      "flagged INBOX 7 2 \n",                "erased INBOX 7 2 Trash 9 1\n",
      "\n",                                  "end\nend\n",
      "begin 1 move\n",                      "END\n"};
  for (const auto* line : lines) {
    const auto record = parse_undo_record(begin + line);
    ASSERT_FALSE(record) << line;
    EXPECT_EQ(record.error().kind, ErrorKind::config);
  }
  for (const auto* text : {"x\n", "mailtool-undo 2 a@b\n", "mailtool-undo 1 \n",
                           "mailtool-undo 1 a@b\nmoved\n",
                           "mailtool-undo 1 a@b\nbegin x move\n"}) {
    EXPECT_FALSE(parse_undo_record(text)) << text;
  }
}

}  // namespace
}  // namespace mailtool::app
