#include "app/imap_folder_refusal.h"

#include <gtest/gtest.h>

#include "app/imap_session.h"

namespace mailtool::app {
namespace {

imap::MailboxName name(const char* utf8) { return {utf8, utf8}; }

Error said(const char* completion, ErrorKind kind = ErrorKind::rejected) {
  return {kind, "refused", "DELETE", completion};
}

Error renamed(const Error& refusal, const char* from, const char* to) {
  return rename_refusal(refusal, {from, name(from)}, {to, name(to)});
}

TEST(FolderRefusal, NamesWhatWasTypedAndWhatWasAskedFor) {
  EXPECT_EQ(named_folder("Work", name("Work")), "Work");
  EXPECT_EQ(named_folder("inbox", name("INBOX")), "inbox");
  EXPECT_EQ(named_folder("@trash", name("Deleted Items")),
            "@trash (Deleted Items)");
  EXPECT_EQ(named_folder("Work/x", name("INBOX.Work.x")),
            "Work/x (INBOX.Work.x)");
  EXPECT_EQ(named_folder("a\x1b[2J\n", name("b\x07")),
            "a\\x1b[2J\\x0a (b\\x07)");
}

TEST(FolderRefusal, WhatIsMissingIsSaidSo) {
  for (const auto* text :
       {"NO [NONEXISTENT] gone", "NO Mailbox doesn't exist: X",
        "NO [CANNOT] Mailbox does not exist", "NO Invalid mailbox name"}) {
    for (const auto* verb : {"delete", "status", "subscribe"}) {
      const auto error = folder_refusal(said(text), verb, "X");
      EXPECT_EQ(error.one_line(),
                "X: no such folder: server said: " + std::string(text));
      EXPECT_EQ(error.kind, ErrorKind::no_such_item);
      EXPECT_FALSE(error.hint.empty());
    }
    // Its parent may be missing.
    EXPECT_EQ(folder_refusal(said(text), "create", "X").what, "refused");
  }
}

TEST(FolderRefusal, WhatIsThereAlready) {
  const auto there = said("NO [ALREADYEXISTS] it is");
  EXPECT_EQ(folder_refusal(there, "create", "X").one_line(),
            "X: there already: server said: NO [ALREADYEXISTS] it is");
  EXPECT_EQ(renamed(there, "A", "X").step, "X");
}

TEST(FolderRefusal, OtherwiseVerbAndFolderAreNamed) {
  EXPECT_EQ(folder_refusal(said("NO locked"), "delete", "X").one_line(),
            "delete X: refused: server said: NO locked");
  EXPECT_EQ(folder_refusal({ErrorKind::no_permission, "refused", "DELETE",
                            "NO [NOPERM] yours?"},
                           "delete", "X")
                .kind,
            ErrorKind::no_permission);
  EXPECT_EQ(folder_refusal(
                {ErrorKind::protocol, "not understood", "DELETE", "BAD what"},
                "delete", "X")
                .step,
            "delete X");
}

TEST(FolderRefusal, OfARenameTheOldOneIsMissing) {
  const auto no_such = ErrorKind::no_such_item;
  EXPECT_EQ(renamed(said("NO [NONEXISTENT] x", no_such), "A", "B").step, "A");
  EXPECT_EQ(renamed(said("NO no such mailbox"), "A", "B").step, "A");
  EXPECT_EQ(renamed(said("NO no such mailbox: A"), "A", "B").step, "A");
  EXPECT_EQ(renamed(said("NO [nonexistent] A", no_such), "A", "B").step, "A");
  EXPECT_EQ(renamed(said("NO [CANNOT] Invalid mailbox name"), "A", "B//").step,
            "rename A to B//");
}

// The old one was blamed for what the server said of the new one.
TEST(FolderRefusal, OfARenameTheNewOneIsBlamed) {
  const auto no_such = ErrorKind::no_such_item;
  for (const auto& error :
       {renamed(said("NO [TRYCREATE] parent missing", no_such), "A", "B"),
        renamed(said("NO [NONEXISTENT] no folder B", no_such), "A", "B"),
        renamed(said("NO [NONEXISTENT] none: B", no_such), "B/A", "B"),
        renamed(said("NO no such folder: B/C"), "B", "B/C"),
        renamed(said("NO no such folder: INBOX.B.C"), "INBOX.B", "INBOX.B.C"),
        renamed(said("NO Unknown mailbox: B"), "A", "B")}) {
    EXPECT_EQ(error.kind, ErrorKind::rejected) << error.one_line();
    EXPECT_EQ(error.what, "refused");
    EXPECT_NE(error.step, "A");
  }
  EXPECT_EQ(renamed(said("NO Unknown mailbox: B"), "A", "B").step, "B");
  EXPECT_EQ(renamed(said("NO Unknown mailbox: B"), "B", "B/C").step, "B");
  EXPECT_EQ(renamed(said("NO Unknown mailbox: Bach"), "A", "B").step, "A");
}

// It was taken for a folder that is missing.
TEST(FolderRefusal, ANameThatNoneCanHave) {
  const auto error = folder_refusal(
      said("NO [CANNOT] Invalid mailbox name: B/"), "delete", "B/");
  EXPECT_EQ(error.kind, ErrorKind::rejected);
  EXPECT_EQ(error.step, "delete B/");
}

TEST(FolderRefusal, ALostSessionIsNoRefusal) {
  const Error lost{ErrorKind::disconnected, "closed in mid-dialogue", "DELETE"};
  EXPECT_EQ(folder_refusal(lost, "delete", "X"), lost);
  EXPECT_EQ(renamed(lost, "A", "B"), lost);
}

TEST(FolderNames, TwoAtSignsStandForOne) {
  EXPECT_EQ(name_meant("@@trash"), "@trash");
  EXPECT_EQ(name_meant("@@@x"), "@@x");
  EXPECT_EQ(name_meant("@trash"), "@trash");
  EXPECT_EQ(name_meant("a@@b"), "a@@b");
  EXPECT_EQ(name_meant("@"), "@");
}

// "@trash" was printed, which is the trash where it is typed.
TEST(FolderNames, WhatIsPrintedMayBeTyped) {
  EXPECT_EQ(typed_name("@trash"), "@@trash");
  EXPECT_EQ(typed_name("@InBox"), "@@InBox");
  EXPECT_EQ(typed_name("@@x"), "@@@x");
  for (const auto* plain : {"INBOX", "@home", "@", "a@@b", "@trash/a", ""}) {
    EXPECT_EQ(typed_name(plain), plain);
  }
  for (const auto* any : {"@trash", "@@trash", "@", "@@", "@home", "x"}) {
    EXPECT_EQ(name_meant(typed_name(any)), any);
  }
}

}  // namespace
}  // namespace mailtool::app
