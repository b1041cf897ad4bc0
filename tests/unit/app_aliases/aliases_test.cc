#include "app/aliases.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using Names = std::vector<std::string>;

Aliases read(std::string_view text, const AliasLimits& limits = {}) {
  auto aliases = Aliases::parse(text, "/etc/aliases", limits);
  EXPECT_TRUE(aliases) << (aliases ? "" : aliases.error().one_line());
  return aliases ? std::move(*aliases) : Aliases();
}

std::string refusal(std::string_view text, const AliasLimits& limits = {}) {
  const auto aliases = Aliases::parse(text, "/etc/aliases", limits);
  if (aliases) return "taken";
  EXPECT_EQ(aliases.error().kind, ErrorKind::config);
  return aliases.error().one_line();
}

Names expanded(std::string_view text, const Names& recipients,
               std::string_view domain = "own.example") {
  const auto done = read(text).expand(recipients, domain);
  EXPECT_TRUE(done) << (done ? "" : done.error().one_line());
  return done ? *done : Names{};
}

std::string stopped(std::string_view text, const Names& recipients,
                    const AliasLimits& limits = {}) {
  const auto done = read(text, limits).expand(recipients, "own.example");
  if (done) return "expanded";
  EXPECT_EQ(done.error().kind, ErrorKind::config);
  return done.error().one_line();
}

TEST(Aliases, TheFormOfTheFile) {
  constexpr std::string_view kText =
      "# who reads what\n"
      "\n"
      "root: alice@x.example,\n"
      "\t# and the night shift\n"
      "  bob@x.example   # until May\n"
      "POSTMASTER : root\r\n"
      "\"john doe\": \"J. Doe\" <jd@x.example>\n"
      "two:a@x.example,,b@x.example,\n"
      "root: ignored@x.example\n"
      "  also@x.example\n";
  EXPECT_EQ(expanded(kText, {"root"}),
            (Names{"alice@x.example", "bob@x.example"}));
  EXPECT_EQ(expanded(kText, {"postmaster"}),
            (Names{"alice@x.example", "bob@x.example"}));
  EXPECT_EQ(expanded(kText, {"\"John Doe\""}), Names{"jd@x.example"});
  EXPECT_EQ(expanded(kText, {"two"}), (Names{"a@x.example", "b@x.example"}));
}

TEST(Aliases, WhichNamesAreLocal) {
  constexpr std::string_view kText = "root: alice@x.example\n";
  EXPECT_EQ(expanded(kText, {"ROOT"}), Names{"alice@x.example"});
  EXPECT_EQ(expanded(kText, {"root@OWN.example"}), Names{"alice@x.example"});
  EXPECT_EQ(expanded(kText, {"root@localhost"}), Names{"alice@x.example"});
  EXPECT_EQ(expanded(kText, {"root@other.example"}),
            Names{"root@other.example"});
  EXPECT_EQ(expanded(kText, {"\"root@own.example\"@other.example"}),
            Names{"\"root@own.example\"@other.example"});
  EXPECT_EQ(expanded(kText, {"bob", "root"}),
            (Names{"bob", "alice@x.example"}));
  EXPECT_EQ(expanded(kText, {"root@own.example"}, ""),
            Names{"root@own.example"});
}

TEST(Aliases, NamesThatStandForThemselves) {
  EXPECT_EQ(expanded("root: root, alice@x.example\n", {"root"}),
            (Names{"root", "alice@x.example"}));
  EXPECT_EQ(expanded("root: root@own.example\n", {"root"}),
            Names{"root@own.example"});
  EXPECT_EQ(expanded("root: \\bob\nbob: c@x.example\n", {"root"}),
            Names{"bob"});
}

TEST(Aliases, TheDefaultIsForNamesWithoutADomain) {
  constexpr std::string_view kText =
      "default: admin, eve@x.example\nroot: alice@x.example\n";
  EXPECT_EQ(expanded(kText, {"www-data"}), (Names{"admin", "eve@x.example"}));
  EXPECT_EQ(expanded(kText, {"root"}), Names{"alice@x.example"});
  EXPECT_EQ(expanded(kText, {"carol@own.example"}), Names{"carol@own.example"});
  EXPECT_EQ(expanded(kText, {"default"}), (Names{"admin", "eve@x.example"}));
}

TEST(Aliases, ACircleIsNamed) {
  EXPECT_EQ(stopped("a: b\nb: c\nc: A\n", {"a"}),
            "/etc/aliases:1: aliases go round in a circle: a -> b -> c -> a");
  // A name met twice on different ways is none.
  EXPECT_EQ(expanded("a: b, c\nb: d\nc: d\nd: e@x.example\n", {"a"}),
            Names{"e@x.example"});
}

TEST(Aliases, WhatMailIsNotSentTo) {
  EXPECT_EQ(stopped("root: \"|/usr/bin/procmail -t\"\n", {"root"}),
            "/etc/aliases:1: '|/usr/bin/procmail -t' is a program, and none is "
            "run here");
  EXPECT_EQ(stopped("\nroot: |cat\n", {"root"}),
            "/etc/aliases:2: '|cat' is a program, and none is run here");
  EXPECT_EQ(stopped("root: /dev/null\n", {"root"}),
            "/etc/aliases:1: '/dev/null' is a file, and none is written here");
  EXPECT_EQ(stopped("root: :fail: gone, for good\n", {"root"}),
            "/etc/aliases:1: ':fail: gone, for good' is nothing that mail can "
            "be sent to");
  EXPECT_EQ(stopped("root:\n", {"root"}),
            "/etc/aliases:1: 'root' stands for nobody");
  EXPECT_EQ(stopped("root: a b c@x.example >\n", {"root"}),
            "/etc/aliases:1: 'a b c@x.example >' is no address");
  // It matters only to who is meant.
  EXPECT_EQ(expanded("news: |inews\nroot: a@x.example\n", {"root"}),
            Names{"a@x.example"});
}

TEST(Aliases, LinesThatAreNone) {
  EXPECT_EQ(refusal("root alice@x.example\n"),
            "/etc/aliases:1: not of the form 'name: address, …'");
  EXPECT_EQ(refusal("# x\n: a\n"),
            "/etc/aliases:2: not of the form 'name: address, …'");
  EXPECT_EQ(refusal("  root: a\n"),
            "/etc/aliases:1: goes on with no line before it");
  EXPECT_EQ(refusal("root@own.example: a\n"),
            "/etc/aliases:1: the name of an alias has no domain");
}

TEST(Aliases, Limits) {
  EXPECT_EQ(refusal("a: b\nc: d\n", {.names = 1}),
            "/etc/aliases:2: more than 1 names");
  EXPECT_EQ(refusal("a: b\n", {.octets = 4}),
            "/etc/aliases: larger than 4 octets");
  EXPECT_EQ(stopped("a: b\nb: c\nc: d@x.example\n", {"a"}, {.depth = 2}),
            "/etc/aliases:3: aliases of aliases, more than 2 deep");
  EXPECT_EQ(stopped("a: b@x.example, c@x.example\n", {"a"}, {.addresses = 1}),
            "/etc/aliases:1: aliases stand for more than 1 addresses");
}

// What a name stands for is read once, however many ways lead to it: here 2^24.
TEST(Aliases, ManyWaysCostNothing) {
  std::string text;
  for (char c = 'a'; c < 's'; ++c) {
    const char next = static_cast<char>(c + 1);
    text += {c, ':', ' ', next, ',', next, '\n'};
  }
  EXPECT_EQ(expanded(text + "s: end@x.example\n", {"a"}),
            Names{"end@x.example"});
}

class IncludedFile : public testing::Test {
 protected:
  std::string file(const char* name, std::string_view text) {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  test::TempDir folder_;
};

TEST_F(IncludedFile, HoldsAnAddressALineOrMore) {
  const auto list =
      file("list",
           "# the team\n\nbob\r\ncarol@x.example, d@x.example # new\n"
           "\"E\" <e@x.example>\n");
  EXPECT_EQ(
      expanded("team: :include:" + list + "\nbob: b@x.example\n", {"team"}),
      (Names{"b@x.example", "carol@x.example", "d@x.example", "e@x.example"}));
  EXPECT_EQ(expanded("team: \":include:" + list + "\", z@x.example\n", {"team"})
                .size(),
            5u);
}

TEST_F(IncludedFile, IsBounded) {
  const auto self = folder_.path() / "self";
  file("self", ":include:" + self.string() + "\n");
  EXPECT_NE(
      stopped("a: :include:" + self.string() + "\n", {"a"}).find("circle"),
      std::string::npos);
  EXPECT_NE(stopped("a: :include:relative\n", {"a"}).find("not the whole path"),
            std::string::npos);
  EXPECT_NE(stopped("a: :include:/no/such/file\n", {"a"}).find("/no/such/file"),
            std::string::npos);
  EXPECT_EQ(stopped("a: :include:/dev/zero\n", {"a"}),
            "/dev/zero: not a regular file");
  const auto large = file("large", std::string((1 << 20) + 1, '#'));
  EXPECT_NE(stopped("a: :include:" + large + "\n", {"a"}).find("larger"),
            std::string::npos);
  std::string many = "a: ";
  for (int i = 0; i < 3; ++i) {
    many +=
        ":include:" + file(("f" + std::to_string(i)).c_str(), "x@x.example\n") +
        ",";
  }
  EXPECT_NE(stopped(many, {"a"}, {.includes = 2}).find("more than 2 files"),
            std::string::npos);
}

TEST_F(IncludedFile, ThatRunsAProgramIsRefused) {
  const auto list = file("list", "|rm -rf /\n");
  EXPECT_NE(stopped("a: :include:" + list + "\n", {"a"}).find("is a program"),
            std::string::npos);
}

TEST_F(IncludedFile, TheFileItselfMustBeThere) {
  const auto missing = Aliases::load("/no/such/aliases");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::config);
  EXPECT_TRUE(Aliases::load(file("aliases", "root: a@x.example\n")));
  EXPECT_TRUE(Aliases::load("/dev/null"));
  EXPECT_FALSE(Aliases::load(folder_.path().string()));
}

}  // namespace
}  // namespace mailtool::app
