#include "app/fetch_headers.h"

#include "app/fetch_header_digest.h"
#include "app/signals.h"

namespace mailtool::app {
namespace {

// For the window: an ordinary header, whatever the size of the message.
constexpr std::uint64_t kHeaderOctets = 4096;

// Answers come in the order of the requests.
class Headers : public client::MessageReceiver {
 public:
  explicit Headers(const std::vector<std::uint32_t>& numbers)
      : numbers_(numbers), digests_(numbers.size()) {}

  std::optional<client::MessageRequest> next() override {
    const bool refuses_all = refused_ > 0 && refused_ == answered_;
    if (asked_ == numbers_.size() || refuses_all || caught_signal() != 0) {
      return std::nullopt;
    }
    return client::MessageRequest{numbers_[asked_++], kHeaderOctets, true};
  }
  Result<void> begin(std::uint32_t) override {
    digester_ = {};
    octets_ = 0;
    return {};
  }
  Result<void> write(std::string_view octets) override {
    octets_ += octets.size();
    digester_.update(octets);
    return {};
  }
  Result<void> end(std::uint32_t) override {
    if (octets_ > 0) digests_[answered_] = digester_.finish().value;
    ++answered_;
    return {};
  }
  Result<void> refused(std::uint32_t, const Error&) override {
    ++answered_;
    ++refused_;
    return {};
  }

  std::vector<std::uint64_t> take() { return std::move(digests_); }

 private:
  const std::vector<std::uint32_t>& numbers_;
  std::vector<std::uint64_t> digests_;
  HeaderDigester digester_;
  std::uint64_t octets_ = 0;  // of the header under way
  std::size_t asked_ = 0;
  std::size_t answered_ = 0;
  std::size_t refused_ = 0;
};

}  // namespace

Result<std::vector<std::uint64_t>> header_digests(
    client::Pop3Client& client, const std::vector<std::uint32_t>& numbers) {
  Headers headers(numbers);
  if (auto done = client.retrieve(headers); !done) {
    return std::move(done).error();
  }
  if (caught_signal() != 0) {
    return Error{ErrorKind::interrupted, "interrupted"};
  }
  return headers.take();
}

}  // namespace mailtool::app
