#include <gtest/gtest.h>

#include "mailtool/mime/address.h"
#include "unit/cli_personality/personality_lines.h"

namespace mailtool::cli {
namespace {

const app::LocalUser kUser{"www-data", "Web Server"};

struct Sender {
  std::string from;
  std::string envelope;
  std::string domain;
};

Sender sender(const Words& words, app::OptionValues configured = {},
              Personality personality = Personality::sendmail) {
  auto line = personality == Personality::mail
                  ? read_mail_line(words)
                  : read_sendmail_line(words, personality);
  EXPECT_TRUE(line.line.verdict) << line.line.verdict.error().one_line();
  auto options = line.line.options;
  for (const auto* name : {"from", "envelope-from", "domain"}) {
    if (options.has(name) || !configured.has(name)) continue;
    options.set(name, {*configured.get(name), "config.toml:1:1"});
  }
  const auto done = complete_sender(line, kUser, "host.example", options);
  EXPECT_TRUE(done) << done.error().one_line();
  return {options.get_or("from", "-"), options.get_or("envelope-from", "-"),
          options.get_or("domain", "-")};
}

app::OptionValues config(const char* name, const char* value) {
  app::OptionValues options;
  options.set(name, {value, "config.toml:1:1"});
  return options;
}

TEST(PersonalitySender, IsTheUser) {
  const auto found = sender({"bob"});
  EXPECT_EQ(found.from, "Web Server <www-data>");
  EXPECT_EQ(found.envelope, "www-data");
  EXPECT_EQ(found.domain, "host.example");
}

TEST(PersonalitySender, HasTheNameThatIsGiven) {
  EXPECT_EQ(sender({"-FCronDaemon", "bob"}).from, "CronDaemon <www-data>");
  const auto odd = sender({"-F", "Größe, \"x\"\t\x1b", "bob"}).from;
  EXPECT_EQ(odd.find('\x1b'), odd.npos);
  EXPECT_EQ(mime::parse_address_list(odd).mailboxes.at(0).address, "www-data");
}

TEST(PersonalitySender, IsTheOneTheConfigFileNames) {
  const auto found = sender({"bob"}, config("from", "Al <al@x.example>"));
  EXPECT_EQ(found.from, "Al <al@x.example>");
  EXPECT_EQ(found.envelope, "al@x.example");
  const auto named =
      sender({"-FCronDaemon", "bob"}, config("from", "Al <al@x.example>"));
  EXPECT_EQ(named.from, "CronDaemon <al@x.example>");
  EXPECT_EQ(sender({"bob"}, config("envelope-from", "e@x.example")).envelope,
            "e@x.example");
  EXPECT_EQ(sender({"bob"}, config("domain", "x.example")).domain, "x.example");
}

TEST(PersonalitySender, IsTheOneTheLineNames) {
  const auto found =
      sender({"-f", "f@x.example", "bob"}, config("from", "Al <al@x.example>"));
  EXPECT_EQ(found.from, "f@x.example");
  EXPECT_EQ(found.envelope, "f@x.example");
  const auto null = sender({"-f", "", "bob"});
  EXPECT_EQ(null.from, "Web Server <www-data>");
  EXPECT_EQ(null.envelope, "");
  EXPECT_EQ(sender({"-f<>", "bob"}).from, "Web Server <www-data>");
}

TEST(PersonalitySender, OfMail) {
  const auto both =
      sender({"-r", "Al <al@x.example>", "bob"},
             config("envelope-from", "e@x.example"), Personality::mail);
  EXPECT_EQ(both.from, "Al <al@x.example>");
  EXPECT_EQ(both.envelope, "Al <al@x.example>");
  const auto field =
      sender({"-a", "From: al@x.example", "bob"},
             config("envelope-from", "e@x.example"), Personality::mail);
  EXPECT_EQ(field.from, "al@x.example");
  EXPECT_EQ(field.envelope, "e@x.example");
}

TEST(PersonalitySender, OfSeveralAuthorsStay) {
  const auto found =
      sender({"bob"}, config("from", "a@x.example, b@x.example"));
  EXPECT_EQ(found.from, "a@x.example, b@x.example");
  EXPECT_EQ(found.envelope, "a@x.example");
}

TEST(PersonalitySender, MustBeAnAddress) {
  const auto line =
      read_sendmail_line(Words{"-f", "a b <", "bob"}, Personality::sendmail);
  auto options = line.line.options;
  const auto done = complete_sender(line, kUser, "host.example", options);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::usage);
}

TEST(LocalUser, FullNameOfTheCommentField) {
  EXPECT_EQ(app::full_name_of("Bob Baker,Room 5,,", "bob"), "Bob Baker");
  EXPECT_EQ(app::full_name_of("& Baker", "bob"), "Bob Baker");
  EXPECT_EQ(app::full_name_of("", "bob"), "");
  EXPECT_EQ(app::full_name_of(",x", "bob"), "");
  EXPECT_EQ(app::full_name_of("B\x1b[1m", "bob"), "");
  EXPECT_EQ(app::full_name_of("B\xff", "bob"), "");
}

TEST(LocalUser, OfThisProcessHasALogin) {
  const auto user = app::local_user(
      [](std::string_view) -> std::optional<std::string> { return {}; });
  EXPECT_FALSE(user.login.empty());
  EXPECT_EQ(user.login.find_first_of("@ \n"), std::string::npos);
}

}  // namespace
}  // namespace mailtool::cli
