// Which command is struck: by order, address and count.

#include <gtest/gtest.h>

#include "mailtool/serve/fault_rules.h"

namespace mailtool::serve {
namespace {

FaultRules rules_of(std::initializer_list<const char*> texts) {
  FaultRules rules;
  for (const auto* text : texts) {
    auto rule = parse_fault_rule(text);
    EXPECT_TRUE(rule) << text;
    if (rule) rules.add(*std::move(rule));
  }
  return rules;
}

// The answers to so many of the same, "-" where it is obeyed.
std::string answers(FaultRules& rules, int count,
                    const std::string& to = "bob@crepes.example") {
  std::string all;
  for (int i = 0; i < count; ++i) {
    const auto fault = rules.strike(kSmtp, "rcpt", {to});
    all += (all.empty() ? "" : " ") +
           (fault.kind == Fault::Kind::answer ? fault.answer : "-");
  }
  return all;
}

TEST(FaultRules, AlwaysUnlessToldOtherwise) {
  auto rules = rules_of({"rcpt=450"});
  EXPECT_EQ(answers(rules, 3), "450 450 450");
}

TEST(FaultRules, OnceAndTimesAndAfterAndEvery) {
  auto once = rules_of({"rcpt=450; once"});
  EXPECT_EQ(answers(once, 3), "450 - -");
  auto twice = rules_of({"rcpt=450; 2 times"});
  EXPECT_EQ(answers(twice, 4), "450 450 - -");
  auto after = rules_of({"rcpt=450; after 2; once"});
  EXPECT_EQ(answers(after, 5), "- - 450 - -");
  auto every = rules_of({"rcpt=450; every 3; 2 times"});
  EXPECT_EQ(answers(every, 10), "- - 450 - - 450 - - - -");
  auto both = rules_of({"rcpt=450; after 1; every 2"});
  EXPECT_EQ(answers(both, 6), "- - 450 - 450 -");
}

// A rule that another one spared is not counted: they follow each other.
TEST(FaultRules, InTheirOrder) {
  auto rules =
      rules_of({"rcpt=450; once", "rcpt=451; once", "rcpt=550; after 1"});
  EXPECT_EQ(answers(rules, 5), "450 451 - 550 550");
}

TEST(FaultRules, PatternsHaveNoCase) {
  auto rules = rules_of({"rcpt:*@SLOW.example=450", "rcpt:b?b@*=550"});
  EXPECT_EQ(answers(rules, 1, "x@slow.EXAMPLE"), "450");
  EXPECT_EQ(answers(rules, 1, "Bob@crepes.example"), "550");
  EXPECT_EQ(answers(rules, 1, "boob@crepes.example"), "-");
  EXPECT_EQ(answers(rules, 1, ""), "-");
}

TEST(FaultRules, OneOfSeveralSubjectsIsEnough) {
  auto rules = rules_of({"data:bob@*=450; once"});
  EXPECT_EQ(rules.strike(kSmtp, "data", {"alice@a.example"}).kind,
            Fault::Kind::none);
  EXPECT_EQ(
      rules.strike(kSmtp, "data", {"alice@a.example", "bob@b.example"}).answer,
      "450");
  EXPECT_EQ(rules.strike(kSmtp, "data", {}).kind, Fault::Kind::none);
}

TEST(FaultRules, OfOneProtocol) {
  auto rules = rules_of({"imap auth=drop", "pop3 auth=-ERR no"});
  EXPECT_EQ(rules.strike(kSmtp, "auth", {"bob"}).kind, Fault::Kind::none);
  EXPECT_EQ(rules.strike(kPop3, "auth", {"bob"}).answer, "-ERR no");
  EXPECT_EQ(rules.strike(kImap, "auth", {"bob"}).kind, Fault::Kind::drop);
}

TEST(FaultRules, DelaysAddUpBeforeAnAnswer) {
  auto rules =
      rules_of({"rcpt=delay 1s", "rcpt=delay 500ms; once", "rcpt=450"});
  using std::chrono::milliseconds;
  EXPECT_EQ(rules.strike(kSmtp, "rcpt", {"a"}).delay, milliseconds(1500));
  const auto second = rules.strike(kSmtp, "rcpt", {"a"});
  EXPECT_EQ(second.delay, milliseconds(1000));
  EXPECT_EQ(second.answer, "450");
}

// Many stars over much text: the work is at most their product.
TEST(FaultRules, AHostilePatternEnds) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  auto rules = rules_of({("rcpt:" + pattern + "b=450").c_str()});
  EXPECT_EQ(answers(rules, 1, std::string(1000, 'a')), "-");
}

}  // namespace
}  // namespace mailtool::serve
