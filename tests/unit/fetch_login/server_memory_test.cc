#include "app/server_memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNow = 1'700'000'000;

client::ServerMemory some_memory() {
  client::ServerMemory memory;
  memory.tls = true;
  for (const char* line : {"USER", "SASL PLAIN LOGIN", "PIPELINING", ".odd"}) {
    EXPECT_TRUE(memory.before_login.feed_line(line));
  }
  return memory;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

class ServerMemoryTest : public testing::Test {
 protected:
  test::TempDir folder_;
  ServerMemoryFile file_{folder_.path().string(), "Mail.Example", 995};
};

TEST_F(ServerMemoryTest, ComesBackAsItWas) {
  EXPECT_EQ(file_.read(kNow), std::nullopt);
  auto memory = some_memory();
  for (const bool after : {false, true}) {
    if (after) {
      memory.after_login.emplace();
      ASSERT_TRUE(memory.after_login->feed_line("EXPIRE 0"));
      memory.tls = false;
      memory.pipelines = client::Finding::no;
      memory.no_initial_response = true;
    }
    file_.write(memory, kNow);
    EXPECT_EQ(file_.read(kNow), memory);
  }
  file_.write({}, kNow);  // a server that knows no CAPA
  EXPECT_EQ(file_.read(kNow), client::ServerMemory{});
  file_.forget();
  EXPECT_EQ(file_.read(kNow), std::nullopt);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
  file_.forget();
}

TEST_F(ServerMemoryTest, IsKeptForAWeek) {
  file_.write(some_memory(), kNow);
  EXPECT_TRUE(file_.read(kNow + ServerMemoryFile::kKeptSeconds));
  EXPECT_FALSE(file_.read(kNow + ServerMemoryFile::kKeptSeconds + 1));
  EXPECT_FALSE(file_.read(kNow - 1));  // the clock was wrong, then or now
}

TEST_F(ServerMemoryTest, IsOfOneServer) {
  file_.write(some_memory(), kNow);
  const auto folder = folder_.path().string();
  EXPECT_TRUE(ServerMemoryFile(folder, "mail.example", 995).read(kNow));
  EXPECT_FALSE(ServerMemoryFile(folder, "mail.example", 110).read(kNow));
  const ServerMemoryFile other(folder, "other.example", 995);
  EXPECT_FALSE(other.read(kNow));
  fs::copy_file(file_.path(), other.path());
  EXPECT_FALSE(other.read(kNow));
}

TEST_F(ServerMemoryTest, ADamagedFileIsAsNone) {
  auto memory = some_memory();
  memory.after_login = memory.before_login;
  file_.write(memory, kNow);
  const auto whole = text_of(file_.path());
  for (std::size_t octets = 0; octets < whole.size(); ++octets) {
    put(file_.path(), whole.substr(0, octets));
    const auto read = file_.read(kNow);
    // Cut between the two listings, it is a whole file with one.
    if (read) {
      EXPECT_EQ(read->after_login, std::nullopt) << octets;
    }
  }
  put(file_.path(), whole + "more\n");
  EXPECT_FALSE(file_.read(kNow));
  put(file_.path(), std::string(100'000, 'x'));
  EXPECT_FALSE(file_.read(kNow));
  put(file_.path(), whole + std::string(100'000, '\n'));
  EXPECT_FALSE(file_.read(kNow));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char octet : {'\0', '\n', '\xff', '9'}) {
      auto changed = whole;
      changed[at] = octet;
      put(file_.path(), changed);
      (void)file_.read(kNow);  // anything but a crash
    }
  }
  fs::remove(file_.path());
  fs::create_directory(file_.path());
  EXPECT_FALSE(file_.read(kNow));
  file_.write(memory, kNow);  // cannot be, and stops nothing
}

TEST_F(ServerMemoryTest, WithoutAPlaceNothingIsKept) {
  const ServerMemoryFile nowhere("", "mail.example", 995);
  const ServerMemoryFile nobody(folder_.path().string(), "", 995);
  for (const auto* file : {&nowhere, &nobody}) {
    file->write(some_memory(), kNow);
    EXPECT_FALSE(file->read(kNow));
    file->forget();
  }
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

}  // namespace
}  // namespace mailtool::app
