// A hostile server is asked for the bodies of several messages at once: the
// input is all it ever says, the first octet how much at a time. Property: each
// request ends once and in order, with as many octets as its sink was given,
// and never more than were asked for.

#include <cstdint>
#include <cstdlib>
#include <map>

#include "fuzz/imap/hostile_server.h"
#include "mailtool/client/imap_client.h"

namespace {

using namespace mailtool;

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
  auto server = test::hostile_server(text);
  client::ImapClient client(server);
  if (!client.open(false)) return 0;
  Receiver receiver;
  (void)client.fetch_bodies(receiver);
  return 0;
}
