#include "app/serve_authority.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNow = 1'795'176'000;
constexpr std::int64_t kYear = 365 * 24 * 60 * 60;

class Authority : public testing::Test {
 protected:
  void make(std::int64_t now, const std::string& domain = "crepes.test") {
    const auto made = server_identity(
        dir_.path(), {{"localhost", domain}, {*net::IpAddress::parse("::1")}},
        now);
    ASSERT_TRUE(made) << made.error().one_line();
    EXPECT_NE(*made, nullptr);
    EXPECT_TRUE(net::is_signed_by(text_of("server.pem"), text_of("ca.pem")));
    EXPECT_TRUE(net::has_key(text_of("ca.pem"), Secret(text_of("ca.key"))));
    const auto facts = net::read_certificate(text_of("server.pem"));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->names.hosts[1], domain);
    EXPECT_LE(facts->validity.from, now);
    EXPECT_GT(facts->validity.until, now);
  }
  Error refused() {
    const auto made = server_identity(dir_.path(), {}, kNow);
    EXPECT_FALSE(made);
    return made ? Error{ErrorKind::internal, "made"} : made.error();
  }
  std::string text_of(const std::string& name) const {
    std::ifstream file(dir_.path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream file(dir_.path() / name, std::ios::binary);
    file << text;
  }

  test::TempDir dir_;
};

TEST_F(Authority, IsMadeOnce) {
  make(kNow);
  const auto authority = text_of("ca.pem");
  const auto server = text_of("server.pem");
  make(kNow + 60);
  EXPECT_EQ(text_of("ca.pem"), authority);
  EXPECT_EQ(text_of("server.pem"), server);
  for (const auto* name : {"ca.key", "ca.pem", "server.pem"}) {
    EXPECT_EQ(fs::status(dir_.path() / name).permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
  }
  const auto read = read_authority(dir_.path());
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, authority);
}

TEST_F(Authority, ServersAreRenewedAndItselfKept) {
  make(kNow);
  const auto authority = text_of("ca.pem");
  auto server = text_of("server.pem");
  make(kNow, "other.test");
  EXPECT_EQ(text_of("ca.pem"), authority);
  EXPECT_NE(text_of("server.pem"), server);
  server = text_of("server.pem");
  make(kNow + kYear, "other.test");
  EXPECT_NE(text_of("server.pem"), server);
  EXPECT_EQ(text_of("ca.pem"), authority);
}

TEST_F(Authority, IsRenewedUnderItsKey) {
  make(kNow);
  const auto authority = text_of("ca.pem");
  const auto key = text_of("ca.key");
  make(kNow + 10 * kYear);
  EXPECT_NE(text_of("ca.pem"), authority);
  EXPECT_EQ(text_of("ca.key"), key);
  // Who trusts the former trusts what is made under the new one.
  EXPECT_TRUE(net::is_signed_by(text_of("server.pem"), authority));
  // A clock that was set back.
  make(kNow);
}

TEST_F(Authority, MakesWhatIsMissing) {
  make(kNow);
  const auto key = text_of("ca.key");
  for (const auto* name : {"ca.pem", "server.pem"}) {
    fs::remove(dir_.path() / name);
    make(kNow);
    write(name, "not PEM\n");
    make(kNow);
    EXPECT_EQ(text_of("ca.key"), key);
  }
  fs::remove(dir_.path() / "ca.key");
  make(kNow);
  EXPECT_NE(text_of("ca.key"), key);
}

TEST_F(Authority, RefusesADamagedKey) {
  make(kNow);
  write("ca.key", "not PEM\n");
  const auto error = refused();
  EXPECT_EQ(error.kind, ErrorKind::config);
  EXPECT_NE(error.hint.find("remove it"), std::string::npos);
}

TEST_F(Authority, RefusesAKeyThatOthersMayRead) {
  make(kNow);
  fs::permissions(dir_.path() / "ca.key", fs::perms::others_read,
                  fs::perm_options::add);
  EXPECT_EQ(refused().kind, ErrorKind::config);
}

TEST_F(Authority, IsNotReadBeforeItIsMade) {
  const auto read = read_authority(dir_.path());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::no_input);
}

}  // namespace
}  // namespace mailtool::app
