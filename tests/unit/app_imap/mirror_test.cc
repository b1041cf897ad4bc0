// What a mirror calls folders, flags and files.

#include <gtest/gtest.h>

#include "app/imap_get_files.h"
#include "app/imap_mirror_choice.h"
#include "app/imap_mirror_flags.h"
#include "app/imap_mirror_name.h"

namespace mailtool::app {
namespace {

struct NameCase {
  const char* folder;
  const char* name;
};

// clang-format off
const NameCase kNames[] = {
  {"INBOX",            "INBOX"},
  {"Archive/2025",     "Archive%2F2025"},
  {"Archive.2025",     "Archive.2025"},
  {"100%",             "100%25"},
  {"100%25",           "100%2525"},
  {".",                "%2E"},
  {"..",               "%2E."},
  {".hidden",          "%2Ehidden"},
  {"../../etc",        "%2E.%2F..%2Fetc"},
  {"a\\b",             "a%5Cb"},
  {"say \"hi\"",       "say \"hi\""},
  {"a\nb\x1b[31m\x7f", "a%0Ab%1B[31m%7F"},
  {"한글",              "한글"},
  {"Latin \xe9",       "Latin %E9"},
};
// clang-format on

TEST(MirrorName, IsOneSafeName) {
  for (const auto& each : kNames) {
    EXPECT_EQ(mirror_folder_name(each.folder), each.name);
    EXPECT_EQ(mirrored_folder(each.name), each.folder);
  }
}

TEST(MirrorName, OfAnyLengthFitsAndIsItsOwn) {
  for (const char* part : {"x", "/", "글", "\xff"}) {
    std::string folder;
    for (int i = 0; i < 2000; ++i) folder += part;
    for (const unsigned most : {255u, 160u}) {
      const auto name = mirror_folder_name(folder, most);
      EXPECT_LE(name.size(), most);
      EXPECT_NE(name, mirror_folder_name(folder + part, most));
      EXPECT_EQ(mirrored_folder(name), name);
      EXPECT_EQ(name.find('/'), name.npos);
    }
  }
  const auto longest = std::string(255, 'a');
  EXPECT_EQ(mirror_folder_name(longest), longest);
}

TEST(MessageFileName, OfAnyFolderFitsWithWhatAPartIsCalled) {
  EXPECT_EQ(message_file_name("Work/2026", 7, ".eml"), "Work%2F2026-7.eml");
  for (const char* part : {"x", "글"}) {
    std::string folder;
    while (folder.size() < 250) folder += part;
    const auto name = message_file_name(folder, UINT32_MAX, ".part-1.raw");
    const auto behind = std::string(".") + ".4294967295-18446744073709551615.part";
    EXPECT_LE(name.size() + behind.size(), 255u);
    EXPECT_NE(name, message_file_name(folder + part, UINT32_MAX, ".part-1.raw"));
  }
}

TEST(MirrorFlags, EqualSetsAreEqualTexts) {
  EXPECT_EQ(mirror_flags({}), "");
  EXPECT_EQ(mirror_flags({"\\Recent", "\\*", "\\Odd"}), "");
  EXPECT_EQ(mirror_flags({"\\Seen", "$Work", "\\flagged", "A", "$Work"}),
            "FS $Work A");
  EXPECT_EQ(mirror_flags({"A", "$Work", "\\FLAGGED", "\\Seen", "\\Seen"}),
            "FS $Work A");
  EXPECT_EQ(mirror_flags({"FS"}), " FS");
  EXPECT_EQ(mirror_flags({"with blank", "x)", "\xff"}), "");
  const std::vector<std::string> many(1, std::string(400, 'k'));
  EXPECT_EQ(mirror_flags({std::string(600, 'a'), std::string(600, 'b')}),
            " " + std::string(600, 'a'));
}

TEST(MirrorFlags, AsLetters) {
  EXPECT_EQ(maildir_letters(""), "");
  EXPECT_EQ(maildir_letters("DFRST"), "DFRST");
  EXPECT_EQ(maildir_letters("S $Forwarded Work"), "PS");
  EXPECT_EQ(maildir_letters(" FS"), "");
  // The server's flags win; what stands for none of them stays.
  EXPECT_EQ(maildir_letters("S", "DFPRTab:2,/"), "Sab");
  EXPECT_EQ(flags_of_letters("FPSab"), "FS $Forwarded");
  EXPECT_EQ(flags_of_letters(""), "");
}

struct MatchCase {
  const char* pattern;
  const char* name;
  const char* delimiter;
  bool matches;
};

// clang-format off
const MatchCase kMatches[] = {
  {"INBOX",     "INBOX",         "/", true},
  {"INBOX",     "INBOX/x",       "/", false},
  {"*",         "a/b",           "/", true},
  {"%",         "a/b",           "/", false},
  {"%",         "a/b",           "",  true},
  {"Archive/*", "Archive/a/b",   "/", true},
  {"Archive/%", "Archive/a/b",   "/", false},
  {"Archive/*", "Archive",       "/", false},
  {"*b",        "a/b",           "/", true},
  {"%/b%",      "a/bc",          "/", true},
  {"*/%x",      "a/b/cx",        "/", true},
  {"*a%c",      "aab/abc",       "/", true},
  {"%%%%x",     "aaaaaaaaaaaay", "/", false},
  {"",          "",              "/", true},
  {"",          "a",             "/", false},
};
// clang-format on

TEST(MirrorChoice, MatchesAsListDoes) {
  for (const auto& each : kMatches) {
    EXPECT_EQ(matches_mailbox(each.pattern, each.name, each.delimiter),
              each.matches)
        << each.pattern << " " << each.name;
  }
}

}  // namespace
}  // namespace mailtool::app
