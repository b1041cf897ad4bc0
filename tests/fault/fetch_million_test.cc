// A maildrop of a million messages: listed, adopted and known again, in less
// memory than its listing takes.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "app/fetch_session.h"
#include "support/temp_dir.h"

namespace mailtool::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint32_t kMessages = 20'000;
constexpr long kKibibytes = 1'000'000;
#else
constexpr std::uint32_t kMessages = 1'000'000;
constexpr long kKibibytes = 112 * 1024;
#endif

// Makes its listings up as they are read.
class VastServer : public app::FetchServer, public Stream {
 public:
  Result<Stream*> connect() override { return static_cast<Stream*>(this); }
  [[nodiscard]] app::TlsMode tls_mode() const override {
    return app::TlsMode::required;
  }
  Result<sasl::Credentials> credentials() override {
    sasl::Credentials credentials;
    credentials.user = "bob";
    credentials.password = &password_;
    return credentials;
  }
  [[nodiscard]] sasl::Policy auth_policy() const override {
    return {tls(), false, {}};
  }
  [[nodiscard]] std::chrono::milliseconds timeout() const override {
    return std::chrono::seconds(10);
  }

  Result<std::size_t> read_some(std::span<char> into) override {
    while (answer_.size() < into.size() && next_line()) {
    }
    const auto count = std::min(into.size(), answer_.size());
    std::copy_n(answer_.begin(), count, into.begin());
    answer_.erase(0, count);
    return count;
  }
  Result<void> write_all(std::string_view octets) override {
    const std::string_view capa = "CAPA\r\n";
    if (octets.starts_with(capa)) {
      answer_ += "+OK\r\nUSER\r\nPIPELINING\r\n.\r\n";
      octets.remove_prefix(capa.size());
      if (octets.empty()) return {};
    }
    if (octets.starts_with("USER")) {
      answer_ += "+OK\r\n+OK\r\n";
    } else if (octets.starts_with("STAT")) {
      answer_ += "+OK " + std::to_string(kMessages) + " 0\r\n+OK\r\n";
      listing_ = 1;
    } else {
      answer_ += "+OK\r\n";
    }
    return {};
  }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override {
    return TlsInfo{"TLSv1.3", "x", {}, false};
  }
  void set_deadline(std::chrono::milliseconds) override {}

 private:
  bool next_line() {
    if (listing_ == 0) return false;
    if (number_ == kMessages) {
      answer_ += listing_ == 1 ? ".\r\n+OK\r\n" : ".\r\n";
      listing_ = listing_ == 1 ? 2 : 0;
      number_ = 0;
      return true;
    }
    const auto n = std::to_string(++number_);
    answer_ += n + (listing_ == 1 ? " 4096\r\n"
                                  : " 0000000" + n + ".5f3b9c2a00000001\r\n");
    return true;
  }

  Secret password_{"x"};
  std::string answer_ = "+OK ready\r\n";
  int listing_ = 0;
  std::uint32_t number_ = 0;
};

// In a process of its own, so that what it took can be told.
long kibibytes_of(const app::FetchOptions& options, const std::string& output) {
  const pid_t child = ::fork();
  if (child == 0) {
    bool fine = false;
    {
      app::Output out(
          ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
      app::Invocation invocation;
      app::FetchReport report(invocation, out, "bob", "server");
      auto state = app::open_fetch_state(options, "bob@mail.example");
      VastServer server;
      fine = state &&
             app::run_fetch(options, "bob@mail.example", *state, server, report,
                            out) &&
             out.flush();
    }
    ::_exit(fine ? 0 : 1);
  }
  int status = -1;
  rusage used{};
  EXPECT_EQ(::wait4(child, &status, 0, &used), child);
  EXPECT_EQ(status, 0);
  return used.ru_maxrss;
}

TEST(FetchMillion, TakesLittleMemory) {
  TempDir folder;
  app::FetchOptions options;
  options.url = {"pop3s", "bob", "mail.example", 995, ""};
  options.state_folder = (folder.path() / "state").string();
  options.destinations.push_back(
      app::maildir_name((folder.path() / "Mail").string()));
  const auto output = (folder.path() / "out").string();

  auto adopt = options;
  adopt.adopt = true;
  EXPECT_LT(kibibytes_of(adopt, output), kKibibytes);
  auto list = options;
  list.list = true;
  EXPECT_LT(kibibytes_of(list, output), kKibibytes);
  FILE* rows = std::fopen(output.c_str(), "r");
  ASSERT_NE(rows, nullptr);
  std::uint32_t known = 0;
  char row[200];
  while (std::fgets(row, sizeof row, rows) != nullptr) {
    known += std::string_view(row).ends_with(
        "\tknown\tkeep (adopted, never deleted here)\n");
  }
  std::fclose(rows);
  EXPECT_EQ(known, kMessages);
}

}  // namespace
}  // namespace mailtool::test
