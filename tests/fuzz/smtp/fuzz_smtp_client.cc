// A hostile server: whatever it sends, the client ends, within bounds, and
// reports on every recipient.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "mailtool/client/smtp_client.h"

namespace mailtool {
namespace {

// Sends the input in small pieces, takes everything, then hangs up.
class HostileServer : public Stream {
 public:
  HostileServer(std::string_view octets, std::size_t chunk, bool shy)
      : rest_(octets), chunk_(chunk), shy_(shy) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({rest_.size(), into.size(), chunk_});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_.remove_prefix(count);
    return count;
  }
  Result<void> write_all(std::string_view octets) override {
    // No command may carry what would be another one.
    if (octets.find('\0') != octets.npos) std::abort();
    return {};
  }
  Result<void> start_tls() override {
    tls_ = TlsInfo{"TLSv1.3", "", {{"tls-exporter", "x"}}, false};
    return {};
  }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return tls_; }
  [[nodiscard]] bool readable() override { return !shy_ && rest_.empty(); }
  void set_deadline(std::chrono::milliseconds) override {}

 private:
  std::string_view rest_;
  std::size_t chunk_;
  bool shy_;
  std::optional<TlsInfo> tls_;
};

void check(const client::Delivery& delivery, std::size_t recipients) {
  if (delivery.recipients.size() != recipients) std::abort();
  for (const auto& report : delivery.recipients) {
    const bool accepted = report.outcome == client::Outcome::accepted;
    if (accepted == report.error.has_value()) std::abort();
    if (accepted && !(report.reply && report.reply->positive())) std::abort();
  }
}

void run(HostileServer& server, std::uint8_t flags) {
  static const Secret secret("secret");
  client::SmtpOptions options;
  options.host_name = "client.example";
  options.lmtp = (flags & 1) != 0;
  client::SmtpClient client(server, std::move(options));
  const bool up = client.open().has_value();
  if (up && (flags & 2) != 0 && !client.start_tls()) return client.quit();
  if (up && (flags & 4) != 0) {
    sasl::Credentials credentials;
    credentials.user = "alice";
    credentials.password = &secret;
    credentials.token = &secret;
    (void)client.authenticate(credentials, {server.tls(), true, {}});
  }
  client::Envelope envelope;
  envelope.sender = "alice@client.example";
  envelope.recipients = {{"bob@example.org", {}, ""},
                         {"carol@example.org", {}, "rfc822;c@example.org"}};
  // Binary it is long enough for several chunks.
  static const std::string binary(300'000, 'b');
  const client::MessageForms message =
      [](smtp::Body most) -> Result<client::MessageText> {
    std::string_view text = "Subject: x\r\n\r\n.hi\r\n";
    auto body = smtp::Body::seven_bit;
    if (most == smtp::Body::binary_mime) {
      text = binary;
      body = most;
    }
    return client::MessageText{std::make_unique<StringSource>(text),
                               text.size(), body};
  };
  check(client.send(envelope, message), 2);
  check(client.send(envelope, message, client::LastMessage::yes), 2);
  client.quit();
}

}  // namespace
}  // namespace mailtool

// The input: one octet of choices, then all that the server ever says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const auto flags = data[0];
  const std::string_view text(reinterpret_cast<const char*>(data + 1),
                              size - 1);
  // Smaller pieces let the server answer after the question, not before it.
  const std::size_t chunk = (flags & 8) != 0 ? 1 : 1 + (flags >> 4) * 16u;
  mailtool::HostileServer server(text, chunk, (flags & 128) != 0);
  mailtool::run(server, flags);
  return 0;
}
