// HTML, the files in it, and what is answered.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "support/prepare_message.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

// stdin is `path` while it lives.
class StdinFrom {
 public:
  explicit StdinFrom(const std::string& path) : kept_(::dup(0)) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ::dup2(file, 0);
    ::close(file);
  }
  ~StdinFrom() {
    ::dup2(kept_, 0);
    ::close(kept_);
  }
  StdinFrom(const StdinFrom&) = delete;
  StdinFrom& operator=(const StdinFrom&) = delete;

 private:
  int kept_;
};

class SendHtml : public testing::Test {
 protected:
  SendHtml() {
    option("from", "a@x.example");
    option("to", "b@x.example");
  }
  void option(const char* name, std::string text) {
    invocation_.options.add(name, {std::move(text), "test"});
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

TEST_F(SendHtml, GoesAloneWhereStdinIsEmpty) {
  option("html", file("h.html", "<p>x</p>\n"));
  const StdinFrom nothing("/dev/null");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  const auto text = content(*message);
  EXPECT_EQ(text.find("multipart"), std::string::npos) << text;
  EXPECT_NE(text.find("Content-Type: text/html"), std::string::npos) << text;
}

TEST_F(SendHtml, TheTextOfStdinIsAnAlternative) {
  option("html", file("h.html", "<p>x</p>\n"));
  const auto words = std::string(5000, 'w') + " end\n";
  const StdinFrom given(file("t.txt", words));
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  const auto text = content(*message);
  EXPECT_NE(text.find("multipart/alternative"), std::string::npos) << text;
  EXPECT_NE(text.find(" end"), std::string::npos);
}

TEST_F(SendHtml, AnEmptyTextAloneStays) {
  option("subject", "x");
  const StdinFrom nothing("/dev/null");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  EXPECT_NE(content(*message).find("text/plain"), std::string::npos);
}

TEST_F(SendHtml, FilesInItHaveAnIdOfTheirOwn) {
  option("body", "x");
  option("html", file("h.html", "<img src=cid:logo> <img src='cid:l@x'>\n"));
  option("inline", file("logo", "one"));
  option("inline", file("other", "two") + ";name=l@x");
  const auto message = prepare_message(invocation_);
  ASSERT_TRUE(message) << message.error().one_line();
  const auto text = content(*message);
  constexpr std::string_view kField = "\r\nContent-ID: <logo@";
  const auto at = text.find(kField);
  ASSERT_NE(at, std::string::npos) << text;
  const auto token =
      text.substr(at + kField.size(), text.find('>', at) - at - kField.size());
  EXPECT_EQ(token.size(), 26u);
  EXPECT_NE(text.find("<img src=cid:logo@" + token + "> <img src='cid:l@x'>"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\r\nContent-ID: <l@x>\r\n"), std::string::npos);
}

TEST_F(SendHtml, TwoFilesOfOneNameAreRefused) {
  option("body", "x");
  option("html", file("h.html", "x"));
  option("inline", file("logo", "one"));
  option("inline", file("other", "two") + ";name=logo");
  const auto message = prepare_message(invocation_);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().kind, ErrorKind::usage);
}

TEST_F(SendHtml, WhatIsAnsweredIsAnIdentifier) {
  option("body", "x");
  for (const auto* id : {"1@x.example", "<1@x.example>", " 1@x.example "}) {
    auto invocation = invocation_;
    invocation.options.add("in-reply-to", {id, "test"});
    const auto message = prepare_message(invocation);
    ASSERT_TRUE(message) << message.error().one_line();
    EXPECT_NE(content(*message).find("In-Reply-To: <1@x.example>\r\n"),
              std::string::npos);
  }
  for (const auto& no :
       {std::string("foo bar"), std::string("foo"), std::string("<foo>"),
        std::string("foo bar@x"), std::string("<1@x"), std::string("ü@x"),
        std::string("@x"), std::string("<>"), std::string(2000, 'a') + "@x"}) {
    auto invocation = invocation_;
    invocation.options.add("in-reply-to", {no, "test"});
    const auto message = prepare_message(invocation);
    ASSERT_FALSE(message) << no;
    EXPECT_EQ(message.error().kind, ErrorKind::usage) << no;
  }
}

}  // namespace
}  // namespace mailtool::app
