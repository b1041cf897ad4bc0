#include "client/smtp_body.h"

#include <utility>
#include <vector>

#include "client/smtp_refusal.h"

namespace mailtool::client {
namespace {

constexpr std::size_t kBlock = 64 * 1024;  // octets, of reading and of writing

}  // namespace

void SmtpBody::send(Source& message, LastMessage last) {
  if (!stream(message)) return;
  if (auto ended = stuffer_.finish(wire_); !ended) {
    verdict_.abandon(Outcome::refused,
                     std::move(ended).error().at(kMessageStep));
    return;
  }
  // RFC 2920 section 3.1: commands may follow the dot at once. The 221 is then
  // behind the verdict already, and nobody waits for a round trip.
  const bool quit =
      last == LastMessage::yes && client_.capabilities_.pipelining;
  if (quit) wire_ += "QUIT\r\n";
  if (!write_block(true)) return;
  client_.quit_sent_ = quit;
  verdict_.take();
}

// False when the message was abandoned.
bool SmtpBody::stream(Source& message) {
  std::vector<char> buffer(kBlock);
  for (;;) {
    const auto count = message.read_some(buffer);
    if (!count) {
      verdict_.abandon(Outcome::deferred,
                       Error(count.error()).at(kMessageStep));
      return false;
    }
    if (*count == 0) return true;
    // The last block waits for the dot, so that a short message is one write.
    if (wire_.size() >= kBlock && !write_block(false)) return false;
    if (auto fed = stuffer_.feed({buffer.data(), *count}, wire_); !fed) {
      verdict_.abandon(Outcome::refused,
                       std::move(fed).error().at(kMessageStep));
      return false;
    }
  }
}

bool SmtpBody::write_block(bool final) {
  // A server that speaks now has made up its mind; when it hangs up next, the
  // write would fail and its words be lost.
  if (client_.server_has_spoken()) {
    take_early_reply();
    return false;
  }
  client_.stream_.set_deadline(client_.options_.timeout);
  auto written = client_.stream_.write_all(wire_);
  wire_.clear();
  if (written) return true;
  auto why = std::move(written).error().at(kMessageStep);
  if (final) {
    verdict_.unknown(std::move(why));  // the dot may have left
  } else {
    verdict_.abandon(Outcome::deferred, std::move(why));
  }
  return false;
}

void SmtpBody::take_early_reply() {
  auto reply = client_.read_reply(client_.options_.timeout);
  if (!reply) {
    verdict_.abandon(Outcome::deferred,
                     std::move(reply).error().at(kMessageStep));
    return;
  }
  Error why = refusal(SmtpStep::body, *reply, kMessageStep);
  if (why.kind == ErrorKind::protocol) {
    why.what = "a reply to the message before it was sent";
  }
  for (auto& report : delivery_.recipients) {
    if (report.outcome == Outcome::accepted) report.reply = *reply;
  }
  delivery_.final_reply = *std::move(reply);
  const auto outcome = outcome_of(why.kind);
  verdict_.abandon(outcome, std::move(why));
}

}  // namespace mailtool::client
