#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.h"
#include "unit/cli_personality/personality_lines.h"

namespace mailtool::cli {
namespace {

std::string mail(const Words& words) { return told(read_mail_line(words)); }

TEST(MailLine, Flags) {
  struct Case {
    Words words;
    const char* expected;
  };
  const Case kCases[] = {
      // smartd and apticron
      {{"-s", "SMART error", "root"}, "to=root subject=SMART error []"},
      {{"bob"}, "to=bob []"},
      {{"bob", "-s", "Hi", "carol@x.example"},
       "to=bob to=carol@x.example subject=Hi []"},
      {{"-sHi", "-c", "a@x.example,b@x.example", "-b", "c d", "bob"},
       "to=bob cc=a@x.example,b@x.example bcc=c bcc=d subject=Hi []"},
      {{"-s", "Hi", "--", "bob", "carol"}, "to=bob to=carol subject=Hi []"},
      {{"a@x.example b@x.example"}, "to=a@x.example to=b@x.example []"},
      {{"Bob B <b@x.example>"}, "to=Bob B <b@x.example> []"},
      {{"-r", "Cron <c@x.example>", "bob"},
       "to=bob from=Cron <c@x.example> envelope-from=Cron <c@x.example> []"},
      {{"-E", "-n", "-N", "-i", "-v", "-~", "bob"},
       "no-empty to=bob ignore-dots verbose []"},
      {{"-A", "/x/y.pdf", "-m", "text", "bob"},
       "to=bob body-file=text attach=/x/y.pdf []"},
      {{"-d", "bob"}, "to=bob dry-run []"},
      {{"-t"}, "read-recipients []"},
      {{"-t", "bob"}, "read-recipients [bob]"},
      {{"-V"}, "version"},
      {{"--subject=Hi", "bob"}, "to=bob subject=Hi []"},
      {{"-c", "carol"}, "cc=carol []"},
      // -a
      {{"-a", "X-Job: 7", "bob"}, "to=bob header=X-Job: 7 []"},
      {{"-a", "From: Al <a@x.example>", "-a", "Reply-To:b@x.example", "bob"},
       "to=bob from=Al <a@x.example> reply-to=b@x.example []"},
      {{"-r", "a@x.example", "-a", "From: b@x.example", "bob"},
       "to=bob from=b@x.example envelope-from=a@x.example []"},
      {{"-a", "Content-Type: text/html; charset=UTF-8", "-a",
        "MIME-Version: 1.0", "bob"},
       "to=bob html=- []"},
      {{"-a", "Content-Type: text/plain; charset=UTF-8", "bob"}, "to=bob []"},
      {{"-a", "/no/such/file.txt", "bob"},
       "to=bob attach=/no/such/file.txt []"},
      {{"-M", "text/html", "bob"}, "to=bob html=- []"},
      // -S
      {{"-S", "from=a@x.example", "-S", "smtp=smtp://x.example", "bob"},
       "to=bob from=a@x.example []"},
      {{"-S", "sendwait", "-Sreplyto=r@x.example", "bob"},
       "to=bob reply-to=r@x.example []"},
      // BSD: flags of sendmail behind the recipients
      {{"-s", "Hi", "bob", "--", "-f", "a@x.example", "-FAl"},
       "name=Al to=bob subject=Hi envelope-from=a@x.example []"},
      {{"bob", "--", "carol"}, "to=bob to=carol []"},
  };
  for (const auto& test : kCases) EXPECT_EQ(mail(test.words), test.expected);
}

TEST(MailLine, Refused) {
  struct Case {
    Words words;
    const char* expected;
  };
  const Case kCases[] = {
      {{}, "no recipient: this mail sends, and reads none"},
      {{"-s", "Hi"}, "no recipient: this mail sends, and reads none"},
      {{"-f"}, "-f: this mail sends, and reads none"},
      {{"-f/var/mail/bob"}, "-f: this mail sends, and reads none"},
      {{"-u", "bob"}, "-u: this mail sends, and reads none"},
      {{"-e"}, "-e: this mail sends, and reads none"},
      {{"-z"}, "unknown option -z"},
      {{"-s"}, "option -s needs a value"},
      {{"-s", "Hi\nBcc: eve@x.example", "bob"}, "CR, LF or NUL in an argument"},
      {{"-a", "Content-Type: application/pdf", "bob"},
       "-a: the text cannot be 'application/pdf'"},
      {{"-M", "-s", "bob"}, "-M: the text cannot be '-s'"},
      {{"bob", "--", "-bp"},
       "behind the recipients and -- stand only flags of sendmail that send"},
      {{"bob", "--", "-z"}, "unknown option -z"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(mail(test.words), std::string("refused: ") + test.expected);
  }
}

TEST(MailLine, AFileBeatsAField) {
  const test::TempDir folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  std::ofstream("Note: x") << "text";
  EXPECT_EQ(mail({"-a", "Note: x", "bob"}), "to=bob attach=Note: x []");
  EXPECT_EQ(mail({"-a", "Note: y", "bob"}), "to=bob header=Note: y []");
  std::filesystem::current_path(before);
}

// A password may stand there: S-nail takes one.
TEST(MailLine, TheValueOfAVariableIsNotShown) {
  const auto line =
      read_mail_line(Words{"-S", "smtp-auth-password=geheim", "bob"});
  EXPECT_EQ(line.notes, Words{"-S smtp-auth-password is ignored: the config "
                              "file says how to send"});
}

}  // namespace
}  // namespace mailtool::cli
