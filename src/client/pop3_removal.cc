// DELE and QUIT, in one flight.

#include "client/pop3_refusal.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::client {
namespace {

// Sent at a time, while no answer is there to be read. The answers to them fit
// into any receive buffer (RFC 2449: 512 octets each at most), so that the
// server, which must read on, is never held up by what we have yet to read.
constexpr std::size_t kCommandsAtATime = 128;

}  // namespace

Result<void> Pop3Client::send_removals(
    const std::vector<std::uint32_t>& numbers, std::size_t& sent,
    std::size_t count) {
  std::string batch;
  for (; count > 0 && sent <= numbers.size(); --count, ++sent) {
    batch += sent < numbers.size() ? pop3::dele(numbers[sent]).line
                                   : pop3::quit().line;
  }
  auto written = stream_.write_all(batch);
  if (!written) return broken(std::move(written).error(), "DELE");
  return {};
}

Result<DeleteReport> Pop3Client::delete_and_quit(
    const std::vector<std::uint32_t>& numbers) {
  const std::size_t at_a_time = most_commands(kCommandsAtATime);
  const std::size_t total = numbers.size() + 1;  // and QUIT
  DeleteReport report;
  std::size_t sent = 0;
  for (std::size_t answered = 0; answered < total;) {
    const bool idle = sent == answered;
    if (idle) {
      if (auto clear = clear_to_send("DELE"); !clear) return clear.error();
    }
    const bool more = sent < total && offers("PIPELINING") &&
                      !lines_->has_unread() && !stream_.readable();
    if (idle || more) {
      auto written = send_removals(numbers, sent, at_a_time);
      if (!written) return std::move(written).error();
      continue;
    }
    const bool last = answered == numbers.size();
    const auto step =
        last ? pop3::quit().shown : pop3::dele(numbers[answered]).shown;
    const auto reply = read_reply(step);
    if (!reply) return reply.error();
    ++answered;
    if (reply->ok()) continue;
    if (last) return broken(refusal(*reply, step, ErrorKind::deferred), step);
    if (report.refused.empty()) report.first_refusal = refusal(*reply, step);
    report.refused.push_back(numbers[answered - 1]);
  }
  usable_ = false;
  return report;
}

}  // namespace mailtool::client
