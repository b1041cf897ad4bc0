#include <gtest/gtest.h>

#include "unit/cli_personality/personality_lines.h"

namespace mailtool::cli {
namespace {

TEST(Personality, IsInTheName) {
  EXPECT_EQ(personality_of("/usr/sbin/sendmail"), Personality::sendmail);
  EXPECT_EQ(personality_of("sendmail"), Personality::sendmail);
  EXPECT_EQ(personality_of("../mailq"), Personality::mailq);
  EXPECT_EQ(personality_of("/usr/bin/mail"), Personality::mail);
  EXPECT_EQ(personality_of("mailx"), Personality::mail);
  EXPECT_EQ(personality_of("Mail"), Personality::mail);
  for (const auto* other : {"mailtool", "/sendmail/mailtool", "", "/", "send",
                            "sendmail.mailtool", "newaliases", "s-nail"}) {
    EXPECT_EQ(personality_of(other), Personality::mailtool) << other;
  }
}

std::string sendmail(const Words& words) {
  return told(read_sendmail_line(words, Personality::sendmail));
}

TEST(SendmailLine, OfThoseThatCallIt) {
  struct Case {
    const char* caller;
    Words words;
    const char* expected;
  };
  const Case kCases[] = {
      {"cron",
       {"-FCronDaemon", "-i", "-B8BITMIME", "-oem", "root"},
       "name=CronDaemon ignore-dots [root]"},
      {"anacron", {"-FAnacron", "-odi", "root"}, "name=Anacron [root]"},
      {"mutt",
       {"-oem", "-oi", "-f", "a@x.example", "--", "b@x.example"},
       "ignore-dots envelope-from=a@x.example [b@x.example]"},
      {"unattended-upgrades", {"-oi", "-t"}, "read-recipients ignore-dots []"},
      {"mdadm", {"-t"}, "read-recipients []"},
      {"fail2ban", {"-f", "fail2ban", "root"}, "envelope-from=fail2ban [root]"},
      {"s-nail",
       {"-i", "-m", "-v", "-f", "a@x.example", "--", "b@x.example", "c"},
       "ignore-dots envelope-from=a@x.example verbose [b@x.example c]"},
      {"git send-email",
       {"-i", "b@x.example", "c@x.example"},
       "ignore-dots [b@x.example c@x.example]"},
      {"PHP", {"-t", "-i"}, "read-recipients ignore-dots []"},
      {"PHP with a sender",
       {"-t", "-i", "-fwww@x.example"},
       "read-recipients ignore-dots envelope-from=www@x.example []"},
      {"Perl",
       {"-oi", "-oem", "-r", "a@x.example", "b@x.example"},
       "ignore-dots envelope-from=a@x.example [b@x.example]"},
      {"at", {"-i", "bob"}, "ignore-dots [bob]"},
      {"logwatch", {"-t"}, "read-recipients []"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(sendmail(test.words), test.expected) << test.caller;
  }
}

TEST(SendmailLine, Flags) {
  struct Case {
    Words words;
    const char* expected;
  };
  const Case kCases[] = {
      {{"bob", "-t", "carol", "-i"}, "read-recipients ignore-dots [bob carol]"},
      {{"-ti", "-f", "", "bob"},
       "read-recipients ignore-dots envelope-from= [bob]"},
      {{"-f<>", "bob"}, "envelope-from=<> [bob]"},
      {{"-F", "Bob Ü", "bob"}, "name=Bob Ü [bob]"},
      {{"-v", "-bm", "bob"}, "verbose [bob]"},
      {{"-bs"}, "serve []"},
      {{"-bp"}, "list []"},
      {{"-b", "p", "bob"}, "list [bob]"},
      {{"-q"}, "run []"},
      {{"-q30m"}, "run []"},
      {{"-odq", "bob"}, "queue [bob]"},
      {{"-odd", "bob"}, "queue [bob]"},
      {{"-odi", "bob"}, "[bob]"},
      {{"-bi"}, "nothing []"},
      {{"-I"}, "nothing []"},
      {{"-bv", "root"}, "verify [root]"},
      {{"-n", "bob"}, "aliases=/dev/null [bob]"},
      {{"-O", "DeliveryMode=q", "-h5", "-Lx", "-G", "-U", "-pX", "-d0.1", "-Ac",
        "-om", "-o7", "-oxyz", "bob"},
       "[bob]"},
      {{"--", "-t"}, "[-t]"},
      {{"--account=work", "bob", "--print"}, "print account=work [bob]"},
      {{"--version"}, "version"},
      {{"--help"}, "help"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(sendmail(test.words), test.expected);
  }
}

TEST(SendmailLine, Refused) {
  struct Case {
    Words words;
    const char* expected;
  };
  const Case kCases[] = {
      {{}, "no recipient"},
      {{"-bv"}, "no recipient"},
      {{"-z", "bob"}, "unknown option -z"},
      {{"-f"}, "option -f needs a value"},
      {{"-bd", "-q30m"},
       "-bd: this is no daemon: it sends mail and receives none"},
      {{"-bt"}, "there is no mode -bt"},
      {{"-R", "some", "bob"}, "-R: 'some' is neither full nor hdrs"},
      {{"-N", "never,delay", "bob"},
       "-N: 'never,delay' is neither never nor a list of success, failure, "
       "delay"},
      {{"bob\nroot"}, "CR, LF or NUL in an argument"},
      {{"--account", "bob"}, "option --account wants a value: NAME"},
      {{"--srever=x", "bob"},
       "unknown option --srever; did you mean --server?"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(sendmail(test.words), std::string("refused: ") + test.expected);
  }
}

// A web page that hands what a visitor typed to its sendmail has had its server
// taken over by such words.
TEST(SendmailLine, NoFileIsWrittenAndNoProgramRunForAWordOfTheLine) {
  EXPECT_EQ(sendmail({"-X/var/www/x.php", "-C", "/tmp/x", "-oA/tmp/x",
                      "-OQueueDirectory=/tmp", "bob"}),
            "[bob]");
  for (const auto* word :
       {"--transcript=/var/www/x.php", "--password-from=cmd:touch /tmp/x",
        "--config=/tmp/x", "--server=smtp://evil.example", "--mx",
        "--aliases=/tmp/x", "--message=/etc/passwd", "--attach=/etc/passwd",
        "--token-from=cmd:x", "--tls=off", "--domain=x.example"}) {
    const auto told = sendmail({word, "bob"});
    EXPECT_NE(told.find("stands in the config file"), told.npos) << word;
  }
  const auto refused =
      cli::told(read_mail_line(Words{"--password-from=cmd:x", "bob"}));
  EXPECT_NE(refused.find("stands in the config file"), refused.npos);
}

TEST(SendmailLine, ReportsOfDelivery) {
  const auto line = read_sendmail_line(
      Words{"-N", "Success,DELAY", "-R", "hdrs", "-V", "id7", "bob"},
      Personality::sendmail);
  ASSERT_TRUE(line.line.verdict) << line.line.verdict.error().one_line();
  EXPECT_EQ(line.line.options.get("dsn"), "success,delay");
  EXPECT_EQ(line.line.options.get("dsn-return"), "headers");
  EXPECT_EQ(line.line.options.get("envid"), "id7");
}

TEST(SendmailLine, WhatIsIgnoredIsNoted) {
  const auto line = read_sendmail_line(Words{"-odb", "-B8BITMIME", "bob"},
                                       Personality::sendmail);
  EXPECT_EQ(line.notes,
            (Words{"-od is ignored: mail is sent at once",
                   "-B is ignored: what the text is made of is seen in it"}));
}

TEST(MailqLine, ListsWhateverElseIsSaid) {
  EXPECT_EQ(told(read_sendmail_line({}, Personality::mailq)), "list []");
  EXPECT_EQ(told(read_sendmail_line(Words{"-v"}, Personality::mailq)),
            "list verbose []");
}

}  // namespace
}  // namespace mailtool::cli
