// The state files of other tools. Those in state/ are what the tools wrote
// after fetching one maildrop whose unique-ids try their formats.

#include "app/import_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace mailtool::app {
namespace {

const ImportAccount kBob{"bob", "localhost"};
const ImportAccount kCarol{"carol@example.org", "127.0.0.1"};

// In the order of octets.
const std::vector<std::string> kListed = {
    "#hash", "%41b",     "*star",  "-dash",
    "0001a", "1",        "50%off", ":colon",
    "<c>",   "a/b",      "a@b",    "back\\slash",
    "k",     "quote\"d", "s'q",    std::string(70, 'x'),
    "~tilde"};

std::string file(const std::string& name) {
  return std::string(MAILTOOL_TESTS) + "/unit/fetch_migrate/state/" + name;
}

std::vector<std::string> uids(const ImportedState& state) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < state.known.size(); ++i) {
    all.emplace_back(state.known.uid(i));
  }
  return all;
}

Result<ImportedState> read(ImportFormat format, std::string_view text,
                           const ImportAccount& account = kBob,
                           const std::string& path = "state") {
  StringSource source(text);
  return read_import({format, path}, source, account);
}

TEST(ImportState, WhatMpopWrote) {
  for (const auto& account :
       {kBob, kCarol, ImportAccount{"d e", "LOCALHOST"}}) {
    const auto state =
        read_import({ImportFormat::mpop, file("mpop-1.4.18")}, account);
    ASSERT_TRUE(state) << state.error().one_line();
    EXPECT_EQ(uids(*state), kListed);
    EXPECT_EQ(state->known.first_seen(3), 0);
    EXPECT_EQ(state->ignored, 0u);
  }
}

TEST(ImportState, WhatMpopWritesWithTimes) {
  const auto state =
      read_import({ImportFormat::mpop, file("mpop-with-times")}, kBob);
  ASSERT_TRUE(state) << state.error().one_line();
  EXPECT_EQ(uids(*state), kListed);
  EXPECT_EQ(state->known.first_seen(0), 1795263694);
  EXPECT_EQ(state->known.first_seen(16), 1795263694 + 16);
}

TEST(ImportState, WhatFetchmailWrote) {
  for (const auto& account : {kBob, kCarol}) {
    const auto state =
        read_import({ImportFormat::fetchmail, file("fetchids")}, account);
    ASSERT_TRUE(state) << state.error().one_line();
    EXPECT_EQ(uids(*state), kListed);
    EXPECT_EQ(state->ignored, 0u);
  }
}

TEST(ImportState, WhatGetmailWrote) {
  const auto state = read_import(
      {ImportFormat::getmail, file("oldmail-localhost-110-bob")}, kBob);
  ASSERT_TRUE(state) << state.error().one_line();
  auto written = kListed;  // it writes "-" for "/"
  std::replace(written.begin(), written.end(), std::string("a/b"),
               std::string("a-b"));
  std::sort(written.begin(), written.end());
  EXPECT_EQ(uids(*state), written);
  EXPECT_EQ(state->known.first_seen(0), 1795263694);
}

TEST(ImportState, WhatThunderbirdWrites) {
  const auto state =
      read_import({ImportFormat::thunderbird, file("popstate.dat")}, kBob);
  ASSERT_TRUE(state) << state.error().one_line();
  auto whole = kListed;  // all but those marked b and f
  std::erase(whole, ":colon");
  std::erase(whole, "1");
  EXPECT_EQ(uids(*state), whole);
  EXPECT_EQ(state->partial, 2u);
  EXPECT_EQ(state->known.first_seen(4), 1795263694);
}

struct Text {
  const char* why;
  ImportFormat format;
  std::string text;
  std::vector<std::string> known;
  std::uint64_t ignored = 0;
};

const std::string kNul(1, '\0');

const Text kTexts[] = {
    {"CRLF", ImportFormat::mpop, " 1 localhost bob\r\nu\r\n", {"u"}},
    {"no last line end", ImportFormat::mpop, " 1 localhost bob\nu", {"u"}},
    {"a uid like a comment",
     ImportFormat::mpop,
     "# c\n 1 localhost bob\n#u\n",
     {"#u"}},
    {"two lists of one account",
     ImportFormat::mpop,
     " 1 localhost bob\nb\n 1 h c\nx\n 1 localhost bob\na\nb\n",
     {"a", "b"}},
    {"an empty list", ImportFormat::mpop, " 0 localhost bob\n", {}},
    {"damaged lines",
     ImportFormat::mpop,
     " 3 localhost bob\nu\n\xff\n\nv w\n 2\n",
     {"u", "v"},
     3},
    {"fetchmail without an id",
     ImportFormat::fetchmail,
     "bob@localhost u\nbob@localhost\n\n  \nbob u\n@localhost u\n",
     {"u"},
     3},
    {"a user with blanks",
     ImportFormat::fetchmail,
     "bob@localhost  u \n",
     {"u"}},
    {"getmail without a time",
     ImportFormat::getmail,
     "u" + kNul + "1\nv\nw" + kNul + "\n" + kNul + "2\nx" + kNul + "-1\n",
     {"u", "w", "x"},
     2},
    {"an old popstate",
     ImportFormat::thunderbird,
     "# Netscape POP3 State File\n*localhost bob\nk u\nd v\n*h c\nk w\n",
     {"u", "v"}},
    {"other marks",
     ImportFormat::thunderbird,
     "*localhost bob\nk u 1\nx v 1\nk\nk  2\n*\n*localhost\n",
     {"u"},
     5},
    {"a line of 5000 octets",
     ImportFormat::mpop,
     " 1 localhost bob\n" + std::string(5000, 'u') + "\nv\n",
     {"v"},
     1},
    {"an id of 71 octets",
     ImportFormat::mpop,
     " 1 localhost bob\n" + std::string(71, 'u') + "\n",
     {},
     1},
    {"NUL within",
     ImportFormat::fetchmail,
     "bob@localhost u" + kNul + "v\nbob@localhost w\n",
     {"w"},
     1},
};

TEST(ImportState, Texts) {
  for (const auto& c : kTexts) {
    const auto state = read(c.format, c.text);
    ASSERT_TRUE(state) << c.why << ": " << state.error().one_line();
    EXPECT_EQ(uids(*state), c.known) << c.why;
    EXPECT_EQ(state->ignored, c.ignored) << c.why;
  }
}

TEST(ImportState, TheEarliestTimeIsTheFirstSight) {
  const auto state =
      read(ImportFormat::mpop, " 3 localhost bob\nu\nu 20\nu 10\nu 30\n");
  ASSERT_TRUE(state);
  ASSERT_EQ(state->known.size(), 1u);
  EXPECT_EQ(state->known.first_seen(0), 10);
}

TEST(ImportState, TimesThatCannotBe) {
  const auto state = read(ImportFormat::mpop,
                          " 1 localhost bob\nu 99999999999999999999\nv x\n");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->known.first_seen(0), 0);
  EXPECT_EQ(state->known.first_seen(1), 0);
}

struct Refused {
  const char* why;
  ImportFormat format;
  std::string text;
  ErrorKind kind;
  std::string error;
  std::string path = "state";
};

const Refused kRefused[] = {
    {"another account", ImportFormat::fetchmail,
     "bob@pop.example u\ncarol@localhost v\nbob@pop.example w\n",
     ErrorKind::no_input,
     "state of fetchmail state: knows nothing of bob@localhost, but of "
     "bob@pop.example, carol@localhost"},
    {"users are not compared in any case", ImportFormat::mpop,
     " 1 localhost Bob\nu\n", ErrorKind::no_input,
     "state of mpop state: knows nothing of bob@localhost, but of "
     "Bob@localhost"},
    {"an empty file", ImportFormat::mpop, "", ErrorKind::no_input,
     "state of mpop state: knows nothing of bob@localhost"},
    {"of another tool", ImportFormat::mpop, "bob@localhost u\n",
     ErrorKind::bad_input, "state of mpop state: not of this format"},
    {"of yet another", ImportFormat::fetchmail, " 1 localhost bob\nu\n",
     ErrorKind::bad_input, "state of fetchmail state: not of this format"},
    {"no NUL anywhere", ImportFormat::getmail, "bob@localhost u\n",
     ErrorKind::bad_input, "state of getmail state: not of this format"},
    {"octets", ImportFormat::thunderbird, std::string(100'000, '\0'),
     ErrorKind::bad_input, "state of thunderbird state: not of this format"},
    {"another's oldmail", ImportFormat::getmail, "u" + kNul + "1\n",
     ErrorKind::no_input,
     "state of getmail /x/oldmail-pop.example-995-bob: knows nothing of "
     "bob@localhost, but of bob@pop.example",
     "/x/oldmail-pop.example-995-bob"},
    {"names that act on a terminal", ImportFormat::fetchmail,
     "b\x1b[2J@localhost u\n", ErrorKind::no_input,
     "state of fetchmail state: knows nothing of bob@localhost, but of "
     "b\\x1b[2J@localhost"},
};

TEST(ImportState, Refused) {
  for (const auto& c : kRefused) {
    const auto state = read(c.format, c.text, kBob, c.path);
    ASSERT_FALSE(state) << c.why;
    EXPECT_EQ(state.error().kind, c.kind) << c.why;
    EXPECT_EQ(state.error().one_line(), c.error) << c.why;
  }
}

TEST(ImportState, ManyAccountsAreNotAllNamed) {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "user" + std::to_string(i) + "@localhost u\n";
  }
  const auto state = read(ImportFormat::fetchmail, text);
  ASSERT_FALSE(state);
  EXPECT_LT(state.error().one_line().size(), 300u);
  EXPECT_TRUE(state.error().one_line().ends_with(" and others"));
  EXPECT_NE(state.error().hint.find("--import-account"), std::string::npos);
}

TEST(ImportState, NamesOfGetmailFiles) {
  const std::string entry = "u" + kNul + "1\n";
  const auto knows = [&](const std::string& name, const ImportAccount& who) {
    return read(ImportFormat::getmail, entry, who, "/x/" + name).has_value();
  };
  EXPECT_TRUE(knows("oldmail-localhost-110-bob", kBob));
  EXPECT_TRUE(knows("oldmail-LOCALHOST-21510-bob", kBob));
  EXPECT_TRUE(knows("oldmail-127.0.0.1-995-carol@example.org", kCarol));
  EXPECT_TRUE(knows("oldmail--1-110-a-b", {"a/b", "::1"}));
  EXPECT_TRUE(
      knows("oldmail-pop-3-x.example-995-bob", {"bob", "pop-3-x.example"}));
  EXPECT_TRUE(knows("a-copy", kBob));
  EXPECT_FALSE(knows("oldmail-localhost-110-Bob", kBob));
  EXPECT_FALSE(knows("oldmail-localhost-110-bob2", kBob));
  EXPECT_FALSE(knows("oldmail-other-110-bob", kBob));
}

// Yields "uuu…", then ends, without ever holding it.
class LongLine : public Source {
 public:
  explicit LongLine(std::uint64_t octets) : left_(octets) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min<std::uint64_t>(left_, into.size());
    std::fill_n(into.begin(), count, 'u');
    left_ -= count;
    return static_cast<std::size_t>(count);
  }

 private:
  std::uint64_t left_;
};

TEST(ImportState, AFileWithoutEnd) {
  LongLine endless(UINT64_MAX);
  const auto state = read_import({ImportFormat::mpop, "x"}, endless, kBob);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().one_line(), "state of mpop x: too large to be one");
}

TEST(ImportState, AMillionLines) {
  std::string text = " 1000000 localhost bob\n";
  for (int i = 1'000'000; i > 0; --i) text += std::to_string(i) + " 5\n";
  const auto state = read(ImportFormat::mpop, text);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->known.size(), 1'000'000u);
}

TEST(ImportState, AnySplitGivesTheSame) {
  class Dripping : public Source {
   public:
    Dripping(std::string_view text, std::size_t chunk)
        : source_(text), chunk_(chunk) {}
    Result<std::size_t> read_some(std::span<char> into) override {
      return source_.read_some(into.first(chunk_));
    }

   private:
    StringSource source_;
    std::size_t chunk_;
  };
  const std::string text = "# c\n 2 localhost bob\nu 7\r\nv\n 1 h c\nw\n";
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    Dripping source(text, chunk);
    const auto state = read_import({ImportFormat::mpop, "x"}, source, kBob);
    ASSERT_TRUE(state) << chunk;
    EXPECT_EQ(uids(*state), (std::vector<std::string>{"u", "v"})) << chunk;
  }
}

TEST(ImportState, OptionValues) {
  const auto mpop = parse_import_file("mpop:/x:y");
  ASSERT_TRUE(mpop);
  EXPECT_EQ(mpop->format, ImportFormat::mpop);
  EXPECT_EQ(mpop->path, "/x:y");
  const char* home = std::getenv("HOME");
  if (home != nullptr) {
    EXPECT_EQ(parse_import_file("fetchmail:~/.fetchids")->path,
              std::string(home) + "/.fetchids");
  }
  for (const char* wrong : {"", "mpop", "mpop:", "pine:/x", "/x", ":/x"}) {
    EXPECT_FALSE(parse_import_file(wrong)) << wrong;
  }
  const auto account = parse_import_account("carol@example.org@pop.example");
  ASSERT_TRUE(account);
  EXPECT_EQ(account->user, "carol@example.org");
  EXPECT_EQ(account->host, "pop.example");
  for (const char* wrong : {"", "bob", "@host", "bob@"}) {
    EXPECT_FALSE(parse_import_account(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace mailtool::app
