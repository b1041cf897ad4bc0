#include "app/fetch_options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using Words = std::vector<std::string>;

// "name=value" or "name" for options, anything else is an argument.
Result<FetchOptions> options(const Words& given,
                             const Words& arguments = {
                                 "pop3s://bob@mail.example"}) {
  Invocation invocation;
  invocation.command = "fetch";
  invocation.arguments = arguments;
  for (const auto& word : given) {
    const auto equals = word.find('=');
    invocation.options.add(
        word.substr(0, equals),
        {equals == word.npos ? "" : word.substr(equals + 1), "command line"});
  }
  return fetch_options(invocation);
}

struct Wrong {
  const char* why;
  Words given;
  const char* error;
};

const Wrong kWrong[] = {
    {"no destination", {}, "no destination"},
    {"foreign destination", {"to=imap:x"}, "--to: not a destination: imap:x"},
    {"no path", {"to=maildir:"}, "--to: not a destination: maildir:"},
    {"twice",
     {"to=maildir:/x", "to=maildir:/x/"},
     "--to: the same destination twice"},
    {"stdout cannot confirm",
     {"to=-", "delete"},
     "--delete and its kin need a destination that keeps the messages, stdout "
     "cannot confirm"},
    {"stdout cannot confirm for a rule either",
     {"to=-", "keep-last=5"},
     "--delete and its kin need a destination that keeps the messages, stdout "
     "cannot confirm"},
    {"both on stdout", {"to=-", "json"}, "--json and --to - both want stdout"},
    {"list and adopt",
     {"list", "adopt"},
     "--list and --adopt exclude each other"},
    {"import stands alone",
     {"to=maildir:/x", "import-state=mpop:/y", "adopt"},
     "--adopt and --import-state exclude each other"},
    {"rebase needs a fetch",
     {"to=maildir:/x", "adopt", "rebase"},
     "--adopt and --rebase exclude each other"},
    {"import of an unknown tool",
     {"to=maildir:/x", "import-state=pine:/y"},
     "--import-state: not a state file: pine:/y"},
    {"import account without import",
     {"to=maildir:/x", "import-account=bob@h"},
     "--import-account goes with --import-state"},
    {"no import account",
     {"to=maildir:/x", "import-state=mpop:/y", "import-account=bob"},
     "--import-account: not USER@HOST: bob"},
    {"import for nobody", {"import-state=mpop:/y"}, "no destination"},
    {"adopt for nobody", {"adopt"}, "no destination"},
};

TEST(FetchOptions, Contradictions) {
  for (const auto& c : kWrong) {
    const auto parsed = options(c.given);
    ASSERT_FALSE(parsed) << c.why;
    EXPECT_EQ(parsed.error().kind, ErrorKind::usage) << c.why;
    EXPECT_EQ(parsed.error().one_line(), c.error) << c.why;
  }
}

TEST(FetchOptions, Servers) {
  EXPECT_FALSE(options({"list"}, {}));
  EXPECT_FALSE(options({"list"}, {"imaps://bob@mail.example"}));
  EXPECT_FALSE(options({"list"}, {"pop3s://a@b", "pop3s://c@d"}));
  EXPECT_EQ(options({"list"})->url.host, "mail.example");
  EXPECT_EQ(options({"list", "server=pop3://eve@other"}, {})->url.host,
            "other");
  // What is named for this run beats the account's.
  EXPECT_EQ(options({"list", "server=pop3://eve@other"})->url.host,
            "mail.example");
}

TEST(FetchOptions, Values) {
  const auto parsed = options({"to=maildir:/x/../y", "to=-", "limit=3",
                               "max-size=2K", "wait=10min", "state=/s", "all"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->destinations[0].to_string(), "maildir:/y");
  EXPECT_EQ(parsed->destinations[1].to_string(), "-");
  EXPECT_EQ(parsed->limit, 3u);
  EXPECT_EQ(parsed->max_size, 2048u);
  EXPECT_EQ(parsed->wait, std::chrono::minutes(10));
  EXPECT_EQ(parsed->state_folder, "/s");
  EXPECT_TRUE(parsed->all);
  EXPECT_FALSE(parsed->remove);
}

TEST(FetchOptions, RulesAreForDeletion) {
  const auto both =
      options({"to=maildir:/x", "delete-after=7d", "keep-last=10"});
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->remove);
  EXPECT_EQ(both->delete_after, std::chrono::hours(7 * 24));
  EXPECT_EQ(both->keep_last, 10u);
  EXPECT_TRUE(options({"to=maildir:/x", "delete"})->remove);
  EXPECT_FALSE(options({"to=maildir:/x", "headers-only"})->remove);
  EXPECT_FALSE(options({"to=maildir:/x", "delete-after=soon"}));
  EXPECT_FALSE(options({"to=maildir:/x", "keep-last=-1"}));
}

TEST(FetchOptions, TheStateHasAPlace) {
  ::setenv("XDG_STATE_HOME", "/xdg", 1);
  EXPECT_EQ(options({"list"})->state_folder, "/xdg/mailtool/fetch");
  ::unsetenv("XDG_STATE_HOME");
  ::setenv("HOME", "/home/bob", 1);
  EXPECT_EQ(options({"list"})->state_folder,
            "/home/bob/.local/state/mailtool/fetch");
  ::unsetenv("HOME");
  EXPECT_EQ(options({"list"}).error().kind, ErrorKind::config);
}

TEST(FetchOptions, AHomeBehindAWordIsExpanded) {
  ASSERT_EQ(::setenv("HOME", "/home/bob", 1), 0);
  const auto parsed = options({"to=maildir:~/Mail", "to=mbox:~/x/../inbox",
                               "to=dir:/a/~/b", "to=pipe:~/bin/sort ~/x"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->destinations[0].path, "/home/bob/Mail");
  EXPECT_EQ(parsed->destinations[1].path, "/home/bob/inbox");
  EXPECT_EQ(parsed->destinations[2].path, "/a/~/b");
  EXPECT_EQ(parsed->destinations[3].words,
            (Words{"/home/bob/bin/sort", "~/x"}));
}

// The journal is kept under the name: a run that creates the folder and the
// next one, which finds it, must agree.
TEST(FetchOptions, ARelativePathHasOneNameBeforeAndAfterItIsThere) {
  const test::TempDir folder;
  const auto home = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const auto before = options({"to=maildir:Mail/new"});
  std::filesystem::create_directories("Mail/new");
  const auto after = options({"to=maildir:Mail/../Mail/new/"});
  const auto twice = options({"to=mbox:x", "to=mbox:./x"});
  std::filesystem::current_path(home);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->destinations[0].to_string(),
            after->destinations[0].to_string());
  EXPECT_TRUE(before->destinations[0].path.starts_with('/'));
  EXPECT_FALSE(twice);
}

TEST(FetchOptions, TheDeadlineIsAMoment) {
  const auto before = FetchOptions::Clock::now();
  const auto parsed = options({"to=maildir:/x", "deadline=2min"});
  ASSERT_TRUE(parsed && parsed->end);
  EXPECT_GE(*parsed->end, before + std::chrono::minutes(2));
  EXPECT_FALSE(options({"to=maildir:/x"})->end);
}

}  // namespace
}  // namespace mailtool::app
