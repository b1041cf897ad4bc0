#include "app/destination_name.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

struct Named {
  const char* text;
  DestinationKind kind;
  const char* name;
};

const Named kNamed[] = {
    {"-", DestinationKind::standard_output, "-"},
    {"maildir:/nowhere/Mail/", DestinationKind::maildir,
     "maildir:/nowhere/Mail"},
    {"MAILDIR:/nowhere/a/../Mail", DestinationKind::maildir,
     "maildir:/nowhere/Mail"},
    {"mbox:/nowhere//inbox", DestinationKind::mbox, "mbox:/nowhere/inbox"},
    {"dir:/nowhere/eml", DestinationKind::folder, "dir:/nowhere/eml"},
    {"pipe:  procmail\t-d  bob ", DestinationKind::pipe,
     "pipe:procmail -d bob"},
    {"pipe:p 'a b' '' \"it's\"", DestinationKind::pipe,
     "pipe:p 'a b' '' 'it'\\''s'"},
    {"lmtp:/run/dovecot/lmtp", DestinationKind::lmtp,
     "lmtp:/run/dovecot/lmtp for "},
    {"lmtp://Mail.example:24", DestinationKind::lmtp,
     "lmtp://Mail.example:24 for "},
};

TEST(DestinationName, OneNameForOnePlace) {
  for (const auto& c : kNamed) {
    const auto name = DestinationName::parse(c.text);
    ASSERT_TRUE(name) << c.text;
    EXPECT_EQ(name->kind, c.kind) << c.text;
    EXPECT_EQ(name->to_string(), c.name) << c.text;
  }
}

// No shell does it for a word that begins with "maildir:".
TEST(DestinationName, TheHomeFolderIsFilledIn) {
  const test::TempDir home;
  const std::string before = std::getenv("HOME") ? std::getenv("HOME") : "";
  ::setenv("HOME", home.path().c_str(), 1);
  EXPECT_EQ(DestinationName::parse("maildir:~/Mail")->path,
            DestinationName::parse("maildir:" + home.path().string() + "/Mail")
                ->path);
  EXPECT_EQ(DestinationName::parse("maildir:./~/Mail")->path,
            (std::filesystem::current_path() / "~/Mail").string());
  for (const char* text : {"maildir:$HOME/Mail", "mbox:~root/mbox"}) {
    const auto name = DestinationName::parse(text);
    ASSERT_FALSE(name) << text;
    EXPECT_EQ(name.error().kind, ErrorKind::usage) << text;
    EXPECT_NE(name.error().hint.find("the whole path"), std::string::npos);
  }
  ::setenv("HOME", before.c_str(), 1);
}

TEST(DestinationName, WordsReadBackTheSame) {
  const auto name = DestinationName::parse("pipe:p 'a b' '' \"it's\" x\\\\y");
  ASSERT_TRUE(name);
  const auto again = DestinationName::parse(name->to_string());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->words, name->words);
}

TEST(DestinationName, NoDestinations) {
  const std::string_view wrong[] = {"",
                                    "maildir",
                                    "maildir:",
                                    "mbox:",
                                    "imap:x",
                                    "pipe:",
                                    "pipe:  ",
                                    "pipe:a 'b",
                                    "lmtp:x",
                                    "lmtp://",
                                    "smtp://h",
                                    "/home/bob/Mail",
                                    std::string_view("mbox:/a\0b", 9)};
  for (const auto text : wrong) {
    const auto name = DestinationName::parse(text);
    ASSERT_FALSE(name) << text;
    EXPECT_EQ(name.error().kind, ErrorKind::usage) << text;
  }
}

TEST(DestinationName, TheRecipientIsPartOfAnLmtpName) {
  auto bob = DestinationName::parse("lmtp:/run/lmtp");
  ASSERT_TRUE(bob);
  auto eve = *bob;
  bob->recipient = "bob@mail.example";
  eve.recipient = "eve@mail.example";
  EXPECT_NE(bob->to_string(), eve.to_string());
}

TEST(DestinationName, LongNamesStayDistinct) {
  const std::string blanks(2000, 'x');
  const auto one = DestinationName::parse("pipe:p " + blanks + " 1");
  const auto two = DestinationName::parse("pipe:p " + blanks + " 2");
  ASSERT_TRUE(one);
  ASSERT_TRUE(two);
  EXPECT_EQ(one->to_string().size(), DestinationName::kMaxOctets);
  EXPECT_NE(one->to_string(), two->to_string());
}

TEST(DestinationName, LinksOfOurOwnAreResolved) {
  const test::TempDir folder;
  const auto target = folder.path() / "target";
  std::filesystem::create_symlink(target, folder.path() / "inbox");
  {
    const auto made = ::creat(target.c_str(), 0600);
    ::close(made);
  }
  const auto name =
      DestinationName::parse("mbox:" + (folder.path() / "inbox").string());
  ASSERT_TRUE(name);
  EXPECT_EQ(name->path, std::filesystem::canonical(target).string());
}

}  // namespace
}  // namespace mailtool::app
