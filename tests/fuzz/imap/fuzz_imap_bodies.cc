// A hostile server is asked for the bodies of several messages at once: the
// input is all it ever says, the first octet how much at a time. Property: each
// request ends once and in order, with as many octets as its sink was given,
// and never more than were asked for.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>

#include "mailtool/client/imap_client.h"

namespace {

using namespace mailtool;

class HostileServer : public Stream {
 public:
  HostileServer(std::string_view text, std::size_t chunk)
      : rest_(text), chunk_(chunk) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({into.size(), chunk_, rest_.size()});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_.remove_prefix(count);
    return count;
  }
  Result<void> write_all(std::string_view) override { return {}; }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds) override {}

 private:
  std::string_view rest_;
  std::size_t chunk_;
};

class Counter : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    count += octets.size();
    return {};
  }
  std::uint64_t count = 0;
};

class Receiver : public client::BodyReceiver {
 public:
  std::optional<client::BodyRequest> next() override {
    if (asked_ == 5) return std::nullopt;
    const auto number = asked_++;
    client::BodyRequest request;
    request.uid = static_cast<std::uint32_t>(number / 2 + 1);
    request.size = number == 0;
    if (number == 1) request.question.section = "2";
    if (number == 2) {
      request.question.offset = 3;
      request.question.length = kSlice;
    }
    request.question.binary = number == 1;
    return request;
  }
  Result<Sink*> begin(std::size_t number, std::uint64_t) override {
    if (number >= asked_ || number < ended_ || sinks_.contains(number)) {
      std::abort();
    }
    return &sinks_[number];
  }
  Result<void> end(std::size_t number,
                   Result<client::BodyAnswer> answer) override {
    if (number != ended_++) std::abort();
    if (answer && answer->octets != sinks_[number].count) std::abort();
    if (number == 2 && sinks_[number].count > kSlice) std::abort();
    return {};
  }

 private:
  static constexpr std::uint64_t kSlice = 7;
  std::size_t asked_ = 0;
  std::size_t ended_ = 0;
  std::map<std::size_t, Counter> sinks_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  if (n == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  HostileServer server(text.substr(1), text[0] == '1' ? 1 : 4096);
  client::ImapClient client(server);
  if (!client.open(false)) return 0;
  Receiver receiver;
  (void)client.fetch_bodies(receiver);
  return 0;
}
