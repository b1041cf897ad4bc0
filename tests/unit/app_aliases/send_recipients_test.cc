#include "app/send_recipients.h"

#include <gtest/gtest.h>

#include <fstream>

#include "app/send_message.h"
#include "support/prepare_message.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using Names = std::vector<std::string>;

class SendRecipients : public testing::Test {
 protected:
  void option(const char* name, std::string text) {
    invocation_.options.add(name, {std::move(text), "command line"});
  }
  std::string file(const char* name, std::string_view text) {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  static std::string content(const OutgoingMessage& message) {
    const auto source = message.content->source();
    std::string text;
    char buffer[1000];
    for (;;) {
      const auto count = source->read_some({buffer, sizeof buffer});
      if (!count || *count == 0) return text;
      text.append(buffer, *count);
    }
  }
  Invocation invocation_{.command = "send"};
  test::TempDir folder_;
};

TEST_F(SendRecipients, StayAsTheyAreWithoutOptions) {
  EXPECT_EQ(
      *expand_recipients(invocation_.options, {"root", "a@x.example", "root"}),
      (Names{"root", "a@x.example"}));
}

TEST_F(SendRecipients, AliasesFirstThenTheDomain) {
  option("aliases", file("aliases", "root: alice, b@x.example\n"));
  option("domain", "h.example");
  EXPECT_EQ(
      *expand_recipients(invocation_.options,
                         {"root", "bob", "alice@h.example", "root@h.example"}),
      (Names{"alice@h.example", "b@x.example", "bob@h.example"}));
}

TEST_F(SendRecipients, ThousandsAreLinear) {
  Names many;
  for (int i = 0; i < 100'000; ++i) many.push_back("u" + std::to_string(i));
  option("domain", "h.example");
  EXPECT_EQ(expand_recipients(invocation_.options, many)->size(), many.size());
}

TEST_F(SendRecipients, OfAReadyMessageAreQualified) {
  option("message", file("m", "From: root (Cron Daemon)\nTo: root\n\nx\n"));
  option("domain", "h.example");
  option("read-recipients", "");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_EQ(message->envelope_from, "root@h.example");
  EXPECT_EQ(message->recipients, Names{"root@h.example"});
  EXPECT_NE(content(*message).find("From: root@h.example (Cron Daemon)\r\nTo: root@h.example\r\n"),
            std::string::npos);
}

TEST_F(SendRecipients, OfAComposedMessageAreQualifiedInTheHeaderToo) {
  option("to", "Root <root>");
  option("cc", "bob, carol@x.example");
  option("from", "Cron <cron>");
  option("body", "x");
  option("domain", "h.example");
  option("aliases", file("aliases", "root: alice@x.example\n"));
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_EQ(message->envelope_from, "cron@h.example");
  EXPECT_EQ(message->recipients,
            (Names{"alice@x.example", "bob@h.example", "carol@x.example"}));
  const auto text = content(*message);
  for (const auto* field :
       {"From: Cron <cron@h.example>\r\n", "To: Root <root@h.example>\r\n",
        "Cc: bob@h.example, carol@x.example\r\n"}) {
    EXPECT_NE(text.find(field), std::string::npos) << text;
  }
}

TEST_F(SendRecipients, AMissingFromIsAddedWithTheDomain) {
  option("message", file("m", "Subject: x\n\nx\n"));
  option("from", "Cron <root>");
  option("domain", "h.example");
  invocation_.arguments = {"bob"};
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_NE(content(*message).find("From: Cron <root@h.example>\r\n"),
            std::string::npos);
  EXPECT_EQ(message->envelope_from, "root@h.example");
}

TEST_F(SendRecipients, AReplyToOfTheConfigFileComposesNothing) {
  OptionValues options;
  options.add("reply-to", {"a@x.example", "config.toml:1:1"});
  EXPECT_FALSE(wants_to_compose(options));
  options.set("reply-to", {"a@x.example", "command line"});
  EXPECT_TRUE(wants_to_compose(options));
}

}  // namespace
}  // namespace mailtool::app
