#include "mailtool/smtp/command.h"

#include <gtest/gtest.h>

namespace mailtool::smtp {
namespace {

struct Case {
  const char* why;
  Command command;
  const char* wire;
};

std::vector<Case> cases() {
  std::vector<Case> all = {
      {"EHLO", Hello{"EHLO", "mail.example"}, "EHLO mail.example\r\n"},
      {"literal", Hello{"EHLO", "[192.0.2.1]"}, "EHLO [192.0.2.1]\r\n"},
      {"LHLO", Hello{"LHLO", "a"}, "LHLO a\r\n"},
      {"null sender", Mail{}, "MAIL FROM:<>\r\n"},
      {"to a quoted angle", Rcpt{"\"a> b\"@c", {}, ""},
       "RCPT TO:<\"a> b\"@c>\r\n"},
      {"local user", Rcpt{"bob", {}, ""}, "RCPT TO:<bob>\r\n"},
      {"BDAT", Bdat{86, false}, "BDAT 86\r\n"},
      {"BDAT LAST", Bdat{0, true}, "BDAT 0 LAST\r\n"},
      {"AUTH", Auth{"LOGIN", {}}, "AUTH LOGIN\r\n"},
      {"AUTH with initial", Auth{"PLAIN", "AGEAYg=="},
       "AUTH PLAIN AGEAYg==\r\n"},
      {"AUTH with empty initial", Auth{"EXTERNAL", "="}, "AUTH EXTERNAL =\r\n"},
      {"DATA", Plain{"DATA"}, "DATA\r\n"},
      {"STARTTLS", Plain{"STARTTLS"}, "STARTTLS\r\n"},
  };
  Mail mail;
  mail.reverse_path = "a@b";
  mail.size = 1000;
  mail.body = Body::eight_bit_mime;
  mail.smtputf8 = true;
  mail.ret = DsnReturn::headers;
  mail.envid = "a+b=c d";
  mail.auth = "e@f";
  all.push_back({"all of MAIL", mail,
                 "MAIL FROM:<a@b> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS "
                 "ENVID=a+2Bb+3Dc+20d AUTH=e@f\r\n"});
  Mail anonymous;
  anonymous.auth = "";
  all.push_back({"AUTH=<>", anonymous, "MAIL FROM:<> AUTH=<>\r\n"});
  Rcpt rcpt{"a@b", {false, true, true, true}, "rfc822;a+x@b"};
  all.push_back({"all of RCPT", rcpt,
                 "RCPT TO:<a@b> NOTIFY=SUCCESS,FAILURE,DELAY "
                 "ORCPT=rfc822;a+2Bx@b\r\n"});
  all.push_back({"ORCPT in UTF-8",
                 Rcpt{"a@b", {}, "utf-8;b\u00f6b+x=\\@\u4f8b\U0001f4e7"},
                 "RCPT TO:<a@b> ORCPT=utf-8;b\\x{F6}b\\x{2B}x\\x{3D}\\x{5C}@"
                 "\\x{4F8B}\\x{1F4E7}\r\n"});
  all.push_back({"never", Rcpt{"a@b", {true, false, false, false}, ""},
                 "RCPT TO:<a@b> NOTIFY=NEVER\r\n"});
  return all;
}

TEST(Command, WireFormAndBack) {
  for (const auto& c : cases()) {
    const auto wire = to_wire(c.command);
    ASSERT_TRUE(wire) << c.why;
    EXPECT_EQ(*wire, c.wire) << c.why;
    const auto back = parse_command(wire->substr(0, wire->size() - 2));
    ASSERT_TRUE(back) << c.why << ": " << back.error().what;
    EXPECT_EQ(*back, c.command) << c.why;
  }
}

struct Injection {
  const char* why;
  Command command;
};

TEST(Command, NothingLeavesWithALineEnd) {
  const std::string evil = "a@b>\r\nDATA\r\n";
  Mail envid;
  envid.envid = "\xff";
  Mail auth;
  auth.auth = "\xc3\xa9";
  const Injection all[] = {
      {"EHLO", Hello{"EHLO", "a\r\nMAIL FROM:<x>"}},
      {"EHLO blank", Hello{"EHLO", "a b"}},
      {"EHLO empty", Hello{"EHLO", ""}},
      {"EHLO verb", Hello{"QUIT\r\nEHLO", "a"}},
      {"MAIL", Mail{evil}},
      {"MAIL LF", Mail{"a@b\nx"}},
      {"MAIL angle", Mail{"a@b> SIZE=1"}},
      {"MAIL envid", envid},
      {"MAIL auth", auth},
      {"RCPT", Rcpt{evil, {}, ""}},
      {"RCPT empty", Rcpt{"", {}, ""}},
      {"RCPT NUL", Rcpt{std::string("a\0@b", 4), {}, ""}},
      {"ORCPT type", Rcpt{"a@b", {}, "rfc822\r\n;a"}},
      {"ORCPT none", Rcpt{"a@b", {}, "a@b"}},
      {"ORCPT empty", Rcpt{"a@b", {}, "rfc822;"}},
      {"ORCPT not ASCII", Rcpt{"a@b", {}, "rfc822;\u00f6@b"}},
      {"ORCPT not UTF-8", Rcpt{"a@b", {}, "utf-8;\xff@b"}},
      {"ORCPT NUL", Rcpt{"a@b", {}, std::string("utf-8;\0@b", 9)}},
      {"ORCPT long", Rcpt{"a@b", {}, "rfc822;" + std::string(494, '=')}},
      {"AUTH", Auth{"PLAIN\r\nX", {}}},
      {"AUTH initial", Auth{"PLAIN", "a b"}},
      {"AUTH initial empty", Auth{"PLAIN", ""}},
      {"verb", Plain{"DATA\r\n."}},
      {"unknown verb", Plain{"TURN"}},
  };
  for (const auto& c : all) {
    const auto wire = to_wire(c.command);
    ASSERT_FALSE(wire) << c.why;
    EXPECT_EQ(wire.error().kind, ErrorKind::bad_input) << c.why;
  }
}

TEST(Command, ParametersCannotBreakTheLine) {
  Mail mail;
  mail.envid = "a\r\nb";
  EXPECT_EQ(*to_wire(mail), "MAIL FROM:<> ENVID=a+0D+0Ab\r\n");
}

TEST(Command, Lengths) {
  EXPECT_TRUE(to_wire(Auth{"PLAIN", std::string(12'000, 'A')}));
  EXPECT_FALSE(to_wire(Auth{"PLAIN", std::string(12'288, 'A')}));
  EXPECT_FALSE(to_wire(Hello{"EHLO", std::string(3'000, 'a')}));
  Mail mail;
  mail.envid = std::string(101, 'a');
  EXPECT_FALSE(to_wire(mail));
}

// RFC 3461 sections 4.2 and 4.4: what we may not say we do not take either.
TEST(Command, LengthsOfWhatComes) {
  const auto takes = [](const std::string& line) {
    const auto command = parse_command(line);
    EXPECT_TRUE(command || command.error().kind == ErrorKind::protocol) << line;
    return command.has_value();
  };
  const std::string mail = "MAIL FROM:<a@b> ENVID=";
  EXPECT_TRUE(takes(mail + std::string(100, 'a')));
  EXPECT_FALSE(takes(mail + std::string(101, 'a')));
  EXPECT_FALSE(takes(mail + std::string(98, 'a') + "+2B"));
  const std::string rcpt = "RCPT TO:<a@b> ORCPT=rfc822;";
  EXPECT_TRUE(takes(rcpt + std::string(493, 'a')));
  EXPECT_FALSE(takes(rcpt + std::string(494, 'a')));
}

struct Line {
  const char* why;
  const char* line;
  bool legal;
};

const Line kLines[] = {
    {"any case", "mail from:<a@b> size=10 Body=8BitMime", true},
    {"blank after the colon", "MAIL FROM: <a@b>", true},
    {"NOOP with a string", "NOOP hello", true},
    {"trailing blank", "DATA ", true},
    {"unknown parameter", "MAIL FROM:<a@b> X=1", false},
    {"SIZE no number", "MAIL FROM:<a@b> SIZE=-1", false},
    {"SIZE of 20 digits", "MAIL FROM:<a@b> SIZE=99999999999999999999", true},
    {"SIZE of 21 digits", "MAIL FROM:<a@b> SIZE=000000000000000000001", false},
    {"BODY unknown", "MAIL FROM:<a@b> BODY=9BIT", false},
    {"bad xtext", "MAIL FROM:<a@b> ENVID=a+2", false},
    {"bad hex", "MAIL FROM:<a@b> ENVID=a+zz", false},
    {"no angle", "MAIL FROM:a@b", false},
    {"not closed", "MAIL FROM:<a@b", false},
    {"bad path", "MAIL FROM:<a@@b>", false},
    {"null recipient", "RCPT TO:<>", false},
    {"NEVER with others", "RCPT TO:<a@b> NOTIFY=NEVER,DELAY", false},
    {"ORCPT without type", "RCPT TO:<a@b> ORCPT=a@b", false},
    {"ORCPT with UTF-8 as it is", "RCPT TO:<a@b> ORCPT=utf-8;\xc3\xb6@b", true},
    {"ORCPT embedded", "RCPT TO:<a@b> ORCPT=UTF-8;\\x{10FFFF}@b", true},
    {"ORCPT embedded for no reason", "RCPT TO:<a@b> ORCPT=utf-8;\\x{61}@b",
     false},
    {"ORCPT one digit", "RCPT TO:<a@b> ORCPT=utf-8;\\x{A}@b", false},
    {"ORCPT seven digits", "RCPT TO:<a@b> ORCPT=utf-8;\\x{0010FFF}@b", false},
    {"ORCPT surrogate", "RCPT TO:<a@b> ORCPT=utf-8;\\x{D800}@b", false},
    {"ORCPT out of range", "RCPT TO:<a@b> ORCPT=utf-8;\\x{110000}@b", false},
    {"ORCPT NUL", "RCPT TO:<a@b> ORCPT=utf-8;\\x{00}@b", false},
    {"ORCPT not closed", "RCPT TO:<a@b> ORCPT=utf-8;\\x{F6", false},
    {"ORCPT no hex", "RCPT TO:<a@b> ORCPT=utf-8;\\x{ZZ}@b", false},
    {"ORCPT lone backslash", "RCPT TO:<a@b> ORCPT=utf-8;\\a@b", false},
    {"ORCPT plus in UTF-8", "RCPT TO:<a@b> ORCPT=utf-8;a+b@b", false},
    {"ORCPT empty", "RCPT TO:<a@b> ORCPT=rfc822;", false},
    {"blanks behind the path", "MAIL FROM:<a@b>  SIZE=1 ", true},
    {"no blank behind the path", "MAIL FROM:<a@b>SIZE=1", false},
    {"no blank behind that of RCPT", "RCPT TO:<a@b>NOTIFY=NEVER", false},
    {"SIZE twice", "MAIL FROM:<a@b> SIZE=1 SIZE=2", false},
    {"BODY twice", "MAIL FROM:<a@b> BODY=7BIT body=8BITMIME", false},
    {"RET twice", "MAIL FROM:<a@b> RET=FULL RET=HDRS", false},
    {"ENVID twice", "MAIL FROM:<a@b> ENVID=a SIZE=1 ENVID=a", false},
    {"SMTPUTF8 twice", "MAIL FROM:<a@b> SMTPUTF8 SMTPUTF8", false},
    {"AUTH twice", "MAIL FROM:<a@b> AUTH=<> AUTH=<>", false},
    {"NOTIFY twice", "RCPT TO:<a@b> NOTIFY=SUCCESS NOTIFY=NEVER", false},
    {"ORCPT twice", "RCPT TO:<a@b> ORCPT=rfc822;a ORCPT=rfc822;b", false},
    {"DATA with argument", "DATA x", false},
    {"BDAT without number", "BDAT LAST", false},
    {"BDAT other word", "BDAT 1 FIRST", false},
    {"EHLO alone", "EHLO", false},
    {"AUTH alone", "AUTH", false},
    {"empty", "", false},
    {"unknown", "TURN", false},
};

TEST(Command, ParseTable) {
  for (const auto& c : kLines) {
    const auto command = parse_command(c.line);
    EXPECT_EQ(command.has_value(), c.legal) << c.why;
    if (!command) {
      const bool parameter =
          command.error().what.starts_with("parameter not taken");
      EXPECT_EQ(command.error().kind, parameter ? ErrorKind::unsupported
                                                : ErrorKind::protocol)
          << c.why;
      continue;
    }
    // What was read can be said, and says the same.
    const auto wire = to_wire(*command);
    ASSERT_TRUE(wire) << c.why;
    EXPECT_EQ(*parse_command(wire->substr(0, wire->size() - 2)), *command);
  }
}

}  // namespace
}  // namespace mailtool::smtp
