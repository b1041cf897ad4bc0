#include "client/smtp_body.h"

#include <utility>
#include <vector>

#include "client/smtp_refusal.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

constexpr std::size_t kBlock = 64 * 1024;  // octets, of reading and of writing
constexpr std::string_view kStep = "message";

}  // namespace

void SmtpBody::send(Source& message, LastMessage last) {
  if (!stream(message)) return;
  if (auto ended = stuffer_.finish(wire_); !ended) {
    abandon(Outcome::refused, std::move(ended).error().at(kStep));
    return;
  }
  // RFC 2920 section 3.1: commands may follow the dot at once. The 221 is then
  // behind the verdict already, and nobody waits for a round trip.
  if (last == LastMessage::yes && client_.capabilities_.pipelining) {
    wire_ += "QUIT\r\n";
  }
  if (!write_block(true)) return;
  client_.quit_sent_ =
      last == LastMessage::yes && client_.capabilities_.pipelining;
  if (client_.options_.lmtp) {
    take_verdicts_of_lmtp();
  } else {
    take_verdict();
  }
}

// False when the message was abandoned.
bool SmtpBody::stream(Source& message) {
  std::vector<char> buffer(kBlock);
  for (;;) {
    const auto count = message.read_some(buffer);
    if (!count) {
      abandon(Outcome::deferred, Error(count.error()).at(kStep));
      return false;
    }
    if (*count == 0) return true;
    // The last block waits for the dot, so that a short message is one write.
    if (wire_.size() >= kBlock && !write_block(false)) return false;
    if (auto fed = stuffer_.feed({buffer.data(), *count}, wire_); !fed) {
      abandon(Outcome::refused, std::move(fed).error().at(kStep));
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
  auto why = std::move(written).error().at(kStep);
  if (final) {
    unknown(std::move(why));  // the dot may have left
  } else {
    abandon(Outcome::deferred, std::move(why));
  }
  return false;
}

void SmtpBody::take_early_reply() {
  auto reply = client_.read_reply(client_.options_.timeout);
  if (!reply) {
    abandon(Outcome::deferred, std::move(reply).error().at(kStep));
    return;
  }
  Error why = refusal(SmtpStep::body, *reply, kStep);
  if (why.kind == ErrorKind::protocol) {
    why.what = "a reply to the message before it was sent";
  }
  for (auto& report : delivery_.recipients) {
    if (report.outcome == Outcome::accepted) report.reply = *reply;
  }
  delivery_.final_reply = *std::move(reply);
  const auto outcome = outcome_of(why.kind);
  abandon(outcome, std::move(why));
}

void SmtpBody::take_verdict() {
  auto reply = client_.read_reply(client_.options_.final_timeout);
  if (!reply) return unknown(std::move(reply).error().at(kStep));
  delivery_.final_reply = *reply;
  for (auto& report : delivery_.recipients) {
    if (report.outcome == Outcome::accepted) judge(report, *reply);
  }
}

// RFC 2033 section 4.2: a reply for each recipient that was accepted, in order.
void SmtpBody::take_verdicts_of_lmtp() {
  for (judged_ = 0; judged_ < delivery_.recipients.size(); ++judged_) {
    auto& report = delivery_.recipients[judged_];
    if (report.outcome != Outcome::accepted) continue;
    auto reply = client_.read_reply(client_.options_.final_timeout);
    if (!reply) return unknown(std::move(reply).error().at(kStep));
    if (!delivery_.final_reply) delivery_.final_reply = *reply;
    judge(report, *reply);
    if (!client_.alive_) {
      ++judged_;
      return settle(Outcome::deferred, *report.error);
    }
  }
}

void SmtpBody::judge(RecipientReport& report, const smtp::Reply& reply) {
  report.reply = reply;
  if (reply.positive()) return;
  auto why = refusal(SmtpStep::body, reply, kStep);
  if (reply.code == 421) client_.alive_ = false;
  if (why.kind == ErrorKind::protocol) {
    client_.alive_ = false;
    report.outcome = Outcome::unknown;
    why.kind = ErrorKind::disconnected;
    why.what = "the outcome is unknown, the message may have been delivered";
  } else {
    report.outcome = outcome_of(why.kind);
  }
  report.error = std::move(why);
}

void SmtpBody::settle(Outcome outcome, const Error& why) {
  for (auto i = judged_; i < delivery_.recipients.size(); ++i) {
    auto& report = delivery_.recipients[i];
    if (report.outcome != Outcome::accepted) continue;
    report.outcome = outcome;
    report.error = why;
  }
}

void SmtpBody::abandon(Outcome outcome, Error why) {
  settle(outcome, why);
  delivery_.connection_lost = client_.broken(std::move(why));
}

// The message has gone and no verdict came. Whatever the cause, another try may
// deliver it twice, and none may lose it: a person has to know.
void SmtpBody::unknown(Error why) {
  if (why.kind != ErrorKind::timed_out && why.kind != ErrorKind::interrupted) {
    why.kind = ErrorKind::disconnected;
  }
  why.what = "the outcome is unknown, the message may have been delivered: " +
             why.what;
  settle(Outcome::unknown, why);
  delivery_.connection_lost = client_.broken(std::move(why));
}

}  // namespace mailtool::client
