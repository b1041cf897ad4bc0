// The keyring, with a secret-tool of our own in PATH.

#include "app/keyring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "app/secret_source.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

constexpr std::chrono::seconds kLong{20};
const KeyringItem kItem{"smtp", "mail.example", "bob@x.example"};

class Keyring : public testing::Test {
 protected:
  Keyring() : path_(std::getenv("PATH")) {
    ::setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
  }
  ~Keyring() override { ::setenv("PATH", path_.c_str(), 1); }

  void secret_tool(std::string_view script) const {
    const auto file = folder_.path() / "secret-tool";
    std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
    ::chmod(file.c_str(), 0755);
  }
  static Error failure() {
    auto secret = keyring_secret(kItem, kLong);
    if (secret) return Error{ErrorKind::internal, "a secret"};
    return std::move(secret).error();
  }

  test::TempDir folder_;
  std::string path_;
};

TEST_F(Keyring, AsksForProtocolServerAndUser) {
  secret_tool("printf '%s|' \"$@\"");
  const auto secret = keyring_secret(kItem, kLong);
  ASSERT_TRUE(secret) << secret.error().one_line();
  EXPECT_EQ(secret->reveal(),
            "lookup|--|protocol|smtp|server|mail.example|user|bob@x.example|");
}

TEST_F(Keyring, AUserIsNeverAnOption) {
  secret_tool("test \"$2\" = -- && printf %s \"$8\"");
  const auto secret = keyring_secret({"imap", "h", "--help"}, kLong);
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->reveal(), "--help");
}

TEST_F(Keyring, IsASecretSource) {
  secret_tool("printf '%s\\n' \"$4 $6 $8\"");
  SecretContext context{"", "bob", "mail.example", "imaps"};
  EXPECT_EQ(read_secret("keyring", context)->reveal(), "imap mail.example bob");
  context.scheme = "smtp";
  EXPECT_EQ(read_secret("keyring", context)->reveal(), "smtp mail.example bob");
  context.token = true;
  EXPECT_EQ(read_secret("keyring", context)->reveal(),
            "oauth2 mail.example bob");
  EXPECT_EQ(read_secret("keyring:x", context).error().kind, ErrorKind::usage);
}

TEST_F(Keyring, NoSuchSecretSaysHowToStoreIt) {
  secret_tool("test $1 = search || exit 1");
  const auto error = failure();
  EXPECT_EQ(error.kind, ErrorKind::no_auth);
  EXPECT_EQ(error.one_line(),
            "secret from keyring: no secret there for bob@x.example at "
            "mail.example");
  EXPECT_EQ(error.hint,
            "put it there: secret-tool store --label='mail of bob@x.example' "
            "protocol smtp server mail.example user bob@x.example");
  const auto odd = keyring_secret({"pop3", "h", "o'neill $x"}, kLong).error();
  EXPECT_TRUE(odd.hint.ends_with("user 'o'\\''neill $x'")) << odd.hint;
}

TEST_F(Keyring, ALockedOneIsSaid) {
  secret_tool("test $1 = search || exit 1; echo '[/1]'");
  EXPECT_EQ(failure().one_line(), "secret from keyring: it is locked");
  EXPECT_EQ(failure().kind, ErrorKind::no_auth);
}

TEST_F(Keyring, WhatSecretToolSaysIsShownSafely) {
  secret_tool("printf 'secret-tool: no \\033[31mbus\\nmore\\n' >&2; exit 1");
  const auto error = failure();
  EXPECT_EQ(error.kind, ErrorKind::no_auth);
  EXPECT_EQ(error.one_line(),
            "secret from keyring: secret-tool says: no \\x1b[31mbus");
  EXPECT_NE(error.hint.find("DBUS_SESSION_BUS_ADDRESS"), std::string::npos);
}

TEST_F(Keyring, ADeadSecretToolIsSaid) {
  secret_tool("kill -SEGV $$");
  EXPECT_EQ(failure().one_line(),
            "secret from keyring: secret-tool was ended by signal 11");
}

TEST_F(Keyring, ItsSilenceIsBounded) {
  secret_tool("exec sleep 100");
  const auto error =
      keyring_secret(kItem, std::chrono::milliseconds(50)).error();
  EXPECT_EQ(error.kind, ErrorKind::timed_out);
  EXPECT_EQ(error.one_line(),
            "secret from keyring: no answer in time: it may be locked");
}

TEST_F(Keyring, NoProgramIsSaid) {
  ::setenv("PATH", folder_.path().c_str(), 1);
  const auto error = failure();
  EXPECT_EQ(error.kind, ErrorKind::no_input);
  EXPECT_EQ(error.one_line(),
            "secret from keyring: secret-tool: cannot run: No such file or "
            "directory");
  EXPECT_EQ(error.hint, "Debian has it in libsecret-tools");
}

TEST_F(Keyring, WithoutAUserNothingIsAsked) {
  secret_tool("echo geheim");
  const auto secret = keyring_secret({"smtp", "mail.example", ""}, kLong);
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().kind, ErrorKind::config);
}

TEST_F(Keyring, AnEmptySecretIsNone) {
  secret_tool("exit 0");
  const auto secret =
      read_secret("keyring", {"", "bob", "mail.example", "imaps"});
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().kind, ErrorKind::no_auth);
}

}  // namespace
}  // namespace mailtool::app
