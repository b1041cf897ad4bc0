// Properties: any octets are a session; any division into reads gives the same
// replies and messages; a message has a sender and recipients of one line; each
// reply is a line.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "cli/smtp_session.h"
#include "mailtool/base/ascii.h"

using namespace mailtool;

namespace {

class Drip : public Source {
 public:
  Drip(std::string_view text, std::size_t piece) : rest_(text), piece_(piece) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = rest_.copy(into.data(), std::min(piece_, into.size()));
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t piece_;
};

// Replies and messages, one behind the other.
std::string served(std::string_view input, std::size_t piece) {
  Drip in(input, piece);
  StringSink out(1 << 26);
  StringSink text(1 << 26);
  std::string messages;
  cli::SmtpSession session(
      in, out, "h.example",
      {[&]() -> Result<Sink*> { return static_cast<Sink*>(&text); },
       [&](const cli::SmtpSession::Envelope& envelope) -> Result<std::string> {
         if (envelope.recipient.empty()) std::abort();
         if (has_line_break_or_nul(envelope.sender)) std::abort();
         if (has_line_break_or_nul(envelope.recipient)) std::abort();
         messages += envelope.recipient + " ";
         messages += envelope.sender + text.take() + "\n";
         return std::string("250 ok");
       }});
  if (!session.run()) std::abort();
  const auto& replies = out.text();
  if (!replies.ends_with("\r\n")) std::abort();
  if (std::count(replies.begin(), replies.end(), '\n') !=
      std::count(replies.begin(), replies.end(), '\r')) {
    std::abort();
  }
  return replies + messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  const auto whole = served(text, n + 1);
  if (served(text, 1) != whole || served(text, 7) != whole) std::abort();
  return 0;
}
