// --fail RULE: what is a rule, and what is said of one that is none.

#include <gtest/gtest.h>

#include "mailtool/serve/fault_rules.h"

namespace mailtool::serve {
namespace {

using std::chrono::milliseconds;

FaultRule rule(std::string_view text) {
  auto parsed = parse_fault_rule(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().one_line();
  return parsed ? *std::move(parsed) : FaultRule{};
}

TEST(FaultRuleText, AnswerOfAProtocol) {
  const auto rcpt = rule("rcpt:*@slow.example=451 4.7.1 greylisted; once");
  EXPECT_EQ(rcpt.protocols, kSmtp);
  EXPECT_EQ(rcpt.command, "rcpt");
  EXPECT_EQ(rcpt.pattern, "*@slow.example");
  EXPECT_EQ(rcpt.fault.kind, Fault::Kind::answer);
  EXPECT_EQ(rcpt.fault.answer, "451 4.7.1 greylisted");
  EXPECT_EQ(rcpt.times, 1u);
  EXPECT_EQ(rule("retr=-err [SYS/TEMP] not now").fault.answer,
            "-ERR [SYS/TEMP] not now");
  EXPECT_EQ(rule("imap fetch=no [UNAVAILABLE] not now").fault.answer,
            "NO [UNAVAILABLE] not now");
  EXPECT_EQ(rule("dot=250").fault.answer, "250");
}

// A command that several protocols have is that of the answer, or of all.
TEST(FaultRuleText, TheProtocolFollowsFromTheAnswer) {
  EXPECT_EQ(rule("auth=535 5.7.8 no").protocols, kSmtp);
  EXPECT_EQ(rule("auth=-ERR [AUTH] no").protocols, kPop3);
  EXPECT_EQ(rule("auth=NO [AUTHENTICATIONFAILED] no").protocols, kImap);
  EXPECT_EQ(rule("auth=drop").protocols, kSmtp | kPop3 | kImap);
  EXPECT_EQ(rule("pop3 noop=delay 2").protocols, kPop3);
  EXPECT_EQ(rule("list=drop").protocols, kPop3 | kImap);
}

TEST(FaultRuleText, SynonymsAreOneCommand) {
  EXPECT_EQ(rule("greet=421 busy").command, "connect");
  EXPECT_EQ(rule("pass=drop").command, "auth");
  EXPECT_EQ(rule("LOGIN=drop").command, "auth");
  EXPECT_EQ(rule("LOGIN=drop").protocols, kImap);
  EXPECT_EQ(rule("helo=drop").command, "ehlo");
  EXPECT_EQ(rule("stls=drop").command, "starttls");
}

TEST(FaultRuleText, ActionsAndTimes) {
  const auto drop = rule(" data = drop after 1000 ; after 2 ; 3 times ");
  EXPECT_EQ(drop.fault.kind, Fault::Kind::drop);
  EXPECT_EQ(drop.fault.octets, 1000u);
  EXPECT_EQ(drop.after, 2u);
  EXPECT_EQ(drop.times, 3u);
  const auto delay = rule("noop=delay 250ms; every 2");
  EXPECT_EQ(delay.fault.kind, Fault::Kind::none);
  EXPECT_EQ(delay.fault.delay, milliseconds(250));
  EXPECT_EQ(delay.every, 2u);
}

struct Wrong {
  std::string text;
  std::string_view place;
};
TEST(FaultRuleText, ErrorsPointAtThePlace) {
  const Wrong all[] = {
      {"rcpt", "'rcpt'"},
      {"=451 x", "COMMAND"},
      {"rcptt=451 x", "'rcptt'"},
      {"lmtp rcpt=451 x", "'lmtp'"},
      {"pop3 rcpt=drop", "'rcpt'"},
      {"a b c=drop", "'a b c'"},
      {"rcpt:=451 x", "pattern"},
      {"rcpt=", "behind the ="},
      {"rcpt=later", "'later'"},
      {"rcpt=354 go on", "'354 go on'"},
      {"rcpt=45 x", "'45 x'"},
      {"rcpt=4510 x", "blank"},
      {"rcpt=451-x", "blank"},
      {"rcpt=451 5.7.1 x", "contradict"},
      {"rcpt=NO x", "IMAP"},
      {"rcpt=451 x\r\nRSET", "ASCII"},
      {std::string("rcpt=451 \0", 10), "ASCII"},
      {"rcpt=451 \xc3\xa4", "ASCII"},
      {"rcpt=451 " + std::string(600, 'x'), "longer"},
      {"connect=220 x", "refused"},
      {"connect=+OK x", "refused"},
      {"connect=NO x", "refused by BYE"},
      {"connect=drop after 3", "nothing to drop after"},
      {"connect:foo=554 x", "'foo'"},  // never fitted anything
      {"greet:*=drop", "nothing that a pattern could fit"},
      {"imap noop=NO", "text"},
      {"imap noop=NO ", "text"},
      {"imap noop=NO [CODE", "text"},
      {"imap noop=NO [] x", "text"},
      {"rcpt=451 x; onec", "'onec'"},
      {"rcpt=451 x; 0 times", "'0'"},
      {"rcpt=451 x; -1 times", "'-1'"},
      {"rcpt=451 x;", "''"},
      {"rcpt=drop after", "drop after N"},
      {"rcpt=drop after x", "'x'"},
      {"rcpt=delay", "DURATION"},
      {"rcpt=delay 2h", "'2h'"},
      {"rcpt=delay 99999999999999999999", "at most an hour"},
      {"rcpt=delay 61min", "at most an hour"},
  };
  for (const auto& [text, place] : all) {
    const auto parsed = parse_fault_rule(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::usage);
    const auto line = parsed.error().one_line();
    EXPECT_NE(line.find(place), line.npos) << text << ": " << line;
    EXPECT_EQ(line.find_first_of("\r\n"), line.npos);
  }
}

// They said what was wrong, and not what is right.
TEST(FaultRuleText, ErrorsHintAtWhatThatPartMayBe) {
  const Wrong all[] = {
      {"rcpt", "COMMAND[:PATTERN]=ACTION[; WHEN]"},
      {"", "COMMAND[:PATTERN]=ACTION[; WHEN]"},
      {"lmtp rcpt=451 x", "[PROTOCOL] COMMAND"},
      {"=451 x", "[PROTOCOL] COMMAND"},
      {"rcptt=451 x", "ehlo, mail, rcpt, data"},
      {"pop3 rcpt=drop", "uidl, retr, top"},
      {"rcpt:=451 x", "* is anything"},
      {"rcpt=", "drop after OCTETS"},
      {"rcpt=after 3", "behind a ;"},
      {"rcpt=451 5.7.1 x", "451 4.7.1 later (SMTP)"},
      {"rcpt=drop after", "drop after OCTETS"},
      {"imap connect=NO x", "BYE later (IMAP)"},  // it was NO once more
      {"connect=220 x", "421 4.3.2 later (SMTP)"},
      {"connect:foo=554 x", "421 4.3.2 later (SMTP)"},
      {"rcpt=delay soon", "delay 2s"},
      {"fetch=NO", "NO [CODE] later (IMAP)"},
      {"rcpt=451 x; after", "after N (which are obeyed)"},
      {"rcpt=451 x; after x", "after N (which are obeyed)"},
      {"rcpt=451 x; 0 times", "N from 1"},
      {"rcpt=451 x; twice", "N times (and no more)"},
  };
  for (const auto& [text, help] : all) {
    const auto parsed = parse_fault_rule(text);
    ASSERT_FALSE(parsed) << text;
    const auto& hint = parsed.error().hint;
    EXPECT_NE(hint.find(help), hint.npos) << text << ": " << hint;
    EXPECT_EQ(hint.find_first_of("\r\n"), hint.npos);
  }
  const auto imap = parse_fault_rule("imap connect=NO x").error().hint;
  EXPECT_EQ(imap.find("NO "), imap.npos) << imap;
  const auto pop3 = parse_fault_rule("pop3 rcpt=drop").error().hint;
  EXPECT_EQ(pop3.find("ehlo"), pop3.npos) << pop3;
}

TEST(FaultRuleText, Delays) {
  EXPECT_EQ(*parse_delay("500ms"), milliseconds(500));
  EXPECT_EQ(*parse_delay("2s"), milliseconds(2000));
  EXPECT_EQ(*parse_delay("2"), milliseconds(2000));
  EXPECT_EQ(*parse_delay("60min"), milliseconds(3'600'000));
  EXPECT_EQ(*parse_delay("1h"), milliseconds(3'600'000));
  for (const auto* text : {"", "s", "-1s", "1.5s", "2 s", "3601s"}) {
    EXPECT_FALSE(parse_delay(text)) << text;
  }
}

}  // namespace
}  // namespace mailtool::serve
