#include "app/serve_identity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "app/serve_authority.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

const net::CertificateNames kNames{{"localhost"}, {}};

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST(ServeIdentity, ItsFilesAreThereOnceItIsReady) {
  const test::TempDir dir;
  ServeIdentity identity(dir.path(), kNames);
  const auto ready = identity.ready();
  ASSERT_TRUE(ready) << ready.error().one_line();
  ASSERT_TRUE(read_authority(dir.path()));
  const auto made = std::filesystem::last_write_time(dir.path() / "server.pem");
  const auto one = identity.get();
  EXPECT_NE(one, nullptr);
  EXPECT_EQ(identity.get(), one);
  EXPECT_EQ(std::filesystem::last_write_time(dir.path() / "server.pem"), made);
}

TEST(ServeIdentity, OneThatNobodyWaitsForLeavesNoChild) {
  const test::TempDir dir;
  { const ServeIdentity identity(dir.path(), kNames); }
  EXPECT_TRUE(std::filesystem::exists(dir.path() / "server.pem"));
}

TEST(ServeIdentity, DamageIsToldOfAtTheStart) {
  const test::TempDir dir;
  write(dir.path() / "ca.key", "no key");
  std::filesystem::permissions(dir.path() / "ca.key",
                               std::filesystem::perms::owner_read);
  ServeIdentity identity(dir.path(), kNames);
  const auto ready = identity.ready();
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().kind, ErrorKind::config);
}

TEST(ServeIdentity, DamageSinceThenIsToldOfOnceAndMayBeMended) {
  const test::TempDir dir;
  ServeIdentity identity(dir.path(), kNames);
  ASSERT_TRUE(identity.ready());
  const auto key = dir.path() / "ca.key";
  const auto aside = dir.path() / "aside";
  std::filesystem::rename(key, aside);
  write(key, "no key");
  std::filesystem::permissions(key, std::filesystem::perms::owner_read);
  testing::internal::CaptureStderr();
  EXPECT_EQ(identity.get(), nullptr);
  EXPECT_EQ(identity.get(), nullptr);
  const auto told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(told.find("mailtool: serve: there is no TLS: "), 0U) << told;
  EXPECT_EQ(told.find('\n'), told.size() - 1) << told;
  std::filesystem::rename(aside, key);
  EXPECT_NE(identity.get(), nullptr);
}

// Another authority was made, long after the name of its file had been told, and
// its certificate read.
TEST(ServeIdentity, ThereIsNoOtherAuthorityWhileItRuns) {
  const test::TempDir dir;
  const auto key = dir.path() / "ca.key";
  const auto aside = dir.path() / "aside";
  ServeIdentity identity(dir.path(), kNames);
  ASSERT_TRUE(identity.ready());
  const auto before = *read_authority(dir.path());
  std::filesystem::rename(key, aside);
  testing::internal::CaptureStderr();
  EXPECT_EQ(identity.get(), nullptr);
  EXPECT_EQ(identity.get(), nullptr);
  EXPECT_FALSE(std::filesystem::exists(key));
  // Nor that of a key that is another.
  const test::TempDir other;
  ASSERT_TRUE(server_identity(other.path(), kNames, ::time(nullptr)));
  std::filesystem::copy(other.path() / "ca.key", key);
  EXPECT_EQ(identity.get(), nullptr);
  const auto told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 2) << told;
  EXPECT_NE(told.find("/ca.key: is gone: "), told.npos) << told;
  EXPECT_NE(told.find("/ca.key: is not that of ca.pem: "), told.npos) << told;
  EXPECT_EQ(*read_authority(dir.path()), before);
  std::filesystem::rename(aside, key);
  EXPECT_NE(identity.get(), nullptr);
  EXPECT_EQ(*read_authority(dir.path()), before);
}

TEST(ServeIdentity, AStartSaysThatThereIsAnotherAuthority) {
  const test::TempDir dir;
  const auto told = [&dir] {
    testing::internal::CaptureStderr();
    ServeIdentity identity(dir.path(), kNames);
    EXPECT_TRUE(identity.ready());
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(told(), "") << "the first";
  EXPECT_EQ(told(), "");
  std::filesystem::remove(dir.path() / "ca.pem");
  EXPECT_EQ(told(), "") << "the same key: who trusts it goes on to";
  std::filesystem::remove(dir.path() / "ca.key");
  const auto line = told();
  EXPECT_NE(line.find("/ca.pem is a new authority"), line.npos) << line;
  EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
  EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace mailtool::app
