// A hostile server: the input is all it ever says. No crash, no hang, no
// message that lacks its end, no command with a line break in it.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mailtool/client/pop3_client.h"

using namespace mailtool;

namespace {

class HostileServer : public Stream {
 public:
  HostileServer(std::string_view says, std::size_t chunk, bool tls)
      : says_(says), chunk_(chunk), tls_(tls) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({into.size(), says_.size(), chunk_});
    std::copy_n(says_.begin(), count, into.begin());
    says_.remove_prefix(count);
    return count;
  }
  Result<void> write_all(std::string_view octets) override {
    if (!octets.ends_with("\r\n")) std::abort();
    if (!tls_ && octets.find("tanstaaf") != octets.npos) std::abort();
    // Lines of printable octets alone, whatever is remembered or said.
    for (const char c : octets) {
      if ((c < ' ' || c > '~') && c != '\r' && c != '\n') std::abort();
    }
    return {};
  }
  Result<void> start_tls() override {
    tls_ = true;
    return {};
  }
  [[nodiscard]] std::optional<TlsInfo> tls() const override {
    if (!tls_) return std::nullopt;
    return TlsInfo{"TLSv1.3", "x", {}, false};
  }
  void set_deadline(std::chrono::milliseconds) override {}

 private:
  std::string_view says_;
  std::size_t chunk_;
  bool tls_;
};

class Receiver : public client::MessageReceiver {
 public:
  explicit Receiver(std::uint32_t count) : count_(count) {}
  std::optional<client::MessageRequest> next() override {
    if (asked_ == count_) return std::nullopt;
    return client::MessageRequest{++asked_, 100, asked_ % 2 == 0};
  }
  Result<void> begin(std::uint32_t number) override {
    if (under_way_ || number != last_ + 1) std::abort();
    under_way_ = true;
    return {};
  }
  Result<void> write(std::string_view octets) override {
    if (!under_way_) std::abort();
    octets_ += octets.size();
    if (octets_ > 500) return Error{ErrorKind::local_io, "full"};
    return {};
  }
  Result<void> end(std::uint32_t number) override {
    if (!under_way_) std::abort();
    under_way_ = false;
    last_ = number;
    return {};
  }
  Result<void> refused(std::uint32_t number, const Error& why) override {
    if (under_way_ || why.one_line().find('\n') != std::string::npos) {
      std::abort();
    }
    last_ = number;
    return {};
  }

 private:
  std::uint32_t count_;
  std::uint32_t asked_ = 0;
  std::uint32_t last_ = 0;
  std::size_t octets_ = 0;
  bool under_way_ = false;
};

// What the first octet of the input chooses.
struct Choices {
  explicit Choices(std::uint8_t bits)
      : upgrade((bits & 1) != 0),
        octet_by_octet((bits & 2) != 0),
        tls((bits & 4) != 0 && !upgrade),
        recalls((bits & 8) != 0),
        token((bits & 16) != 0),
        asks((bits & 32) != 0) {}
  bool upgrade;
  bool octet_by_octet;
  bool tls;
  bool recalls;
  bool token;
  bool asks;
};

client::ServerMemory some_memory() {
  client::ServerMemory memory;
  memory.tls = true;
  for (const char* line : {"USER", "SASL PLAIN XOAUTH2 CRAM-MD5", "UTF8",
                           "LANG", "PIPELINING", "EXPIRE 0 USER"}) {
    (void)memory.before_login.feed_line(line);
  }
  return memory;
}

Result<void> session(client::Pop3Client& pop3, Stream& stream,
                     const Choices& choices) {
  if (choices.recalls) pop3.recall(some_memory());
  pop3.set_language("de-AT");
  if (auto done = pop3.open(); !done) return done;
  if (choices.asks) {
    if (auto done = pop3.capa(); !done) return done;
  }
  if (choices.upgrade) {
    if (auto done = pop3.start_tls(); !done) return done;
  }
  const Secret password("tanstaaf");
  const Secret token("tanstaaf-token");
  sasl::Credentials credentials;
  credentials.user = "bob";
  if (choices.token) {
    credentials.token = &token;
  } else {
    credentials.password = &password;
  }
  auto in = pop3.authenticate(credentials, {stream.tls(), false, {}});
  if (!in) return in;
  const auto maildrop = pop3.list();
  if (!maildrop) return maildrop.error();
  if (maildrop->count() > maildrop->size() ||
      maildrop->without_uid() > maildrop->count()) {
    std::abort();
  }
  Receiver receiver(std::min(maildrop->size(), 20u));
  if (auto done = pop3.retrieve(receiver); !done) return done;
  const auto report = pop3.delete_and_quit({1, 2});
  if (!report) return report.error();
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  if (n == 0) return 0;
  const std::string_view says(reinterpret_cast<const char*>(data) + 1, n - 1);
  const Choices choices(data[0]);
  HostileServer server(says, choices.octet_by_octet ? 1 : 4096, choices.tls);
  client::Pop3Client pop3(server, std::chrono::seconds(1));
  const auto done = session(pop3, server, choices);
  const auto learnt = pop3.memory();
  if (learnt.pipelines == client::Finding::yes && pop3.must_reconnect()) {
    std::abort();
  }
  if (!done) {
    const auto line = done.error().one_line();
    if (line.find('\n') != line.npos || line.find('\x1b') != line.npos) {
      std::abort();
    }
  }
  return 0;
}
