#include "app/secret_source.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

SecretContext context() { return {"Password: ", "bob", "mail.example", "imaps"}; }

class SecretSource : public testing::Test {
 protected:
  std::string file(const char* name, std::string_view text, mode_t mode) {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
    return path.string();
  }
  static std::string read(const std::string& source) {
    auto secret = read_secret(source, context());
    return secret ? std::string(secret->reveal())
                  : "error: " + secret.error().what;
  }
  test::TempDir folder_;
};

TEST_F(SecretSource, LosesOneLineEnd) {
  EXPECT_EQ(read("file:" + file("a", "geheim\n", 0600)), "geheim");
  EXPECT_EQ(read("file:" + file("b", "geheim \r\n", 0600)), "geheim ");
  EXPECT_EQ(read("cmd:printf 'a b\\n'"), "a b");
  const int descriptor = ::open(file("c", "x", 0600).c_str(), O_RDONLY);
  EXPECT_EQ(read("fd:" + std::to_string(descriptor)), "x");
  ::close(descriptor);
}

TEST_F(SecretSource, Environment) {
  ::setenv("MAILTOOL_TEST_SECRET", "from env", 1);
  EXPECT_EQ(read("env:MAILTOOL_TEST_SECRET"), "from env");
  EXPECT_EQ(read("env:MAILTOOL_TEST_UNSET"), "error: the variable is not set");
}

TEST_F(SecretSource, RefusesWhatOthersMayRead) {
  const auto secret =
      read_secret("file:" + file("d", "geheim\n", 0640), context());
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().kind, ErrorKind::config);
  EXPECT_EQ(secret.error().hint.substr(0, 9), "chmod 600");
}

TEST_F(SecretSource, RefusesLinesEmptyAndUnknown) {
  EXPECT_EQ(read("file:" + file("e", "a\nb\n", 0600)),
            "error: has more than one line, or NUL");
  EXPECT_EQ(read("file:" + file("f", "\n", 0600)), "error: is empty");
  EXPECT_EQ(read("file:/nonexistent"), "error: No such file or directory");
  EXPECT_EQ(read("hunter2"), "error: no such source");
  EXPECT_EQ(read("prompt"), "error: there is no terminal to ask on");
}

TEST_F(SecretSource, PromptAsks) {
  auto asked = context();
  asked.ask = [](std::string_view prompt) -> Result<Secret> {
    return Secret(std::string(prompt) + "answer");
  };
  EXPECT_EQ(read_secret("prompt", asked)->reveal(), "Password: answer");
}

}  // namespace
}  // namespace mailtool::app
