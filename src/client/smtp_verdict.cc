#include "client/smtp_verdict.h"

#include <utility>

#include "client/smtp_refusal.h"

namespace mailtool::client {

void SmtpVerdict::take() {
  auto reply = client_.read_reply(client_.options_.final_timeout);
  if (!reply) return unknown(std::move(reply).error().at(kMessageStep));
  take(*reply);
}

void SmtpVerdict::take(const smtp::Reply& first) {
  delivery_.final_reply = first;
  if (client_.options_.lmtp) return take_lmtp(first);
  for (auto& report : delivery_.recipients) {
    if (report.outcome == Outcome::accepted) judge(report, first);
  }
}

void SmtpVerdict::take_lmtp(const smtp::Reply& first) {
  bool first_taken = false;
  for (judged_ = 0; judged_ < delivery_.recipients.size(); ++judged_) {
    auto& report = delivery_.recipients[judged_];
    if (report.outcome != Outcome::accepted) continue;
    if (!std::exchange(first_taken, true)) {
      judge(report, first);
    } else {
      auto reply = client_.read_reply(client_.options_.final_timeout);
      if (!reply) return unknown(std::move(reply).error().at(kMessageStep));
      judge(report, *reply);
    }
    if (!client_.alive_) {
      ++judged_;
      return settle(report.outcome, *report.error);
    }
  }
}

void SmtpVerdict::judge(RecipientReport& report, const smtp::Reply& reply) {
  report.reply = reply;
  if (reply.positive()) return;
  auto why = refusal(SmtpStep::body, reply, kMessageStep);
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

void SmtpVerdict::settle(Outcome outcome, const Error& why) {
  for (auto i = judged_; i < delivery_.recipients.size(); ++i) {
    auto& report = delivery_.recipients[i];
    if (report.error) continue;
    report.outcome = outcome;
    report.error = why;
  }
}

void SmtpVerdict::abandon(Outcome outcome, Error why) {
  settle(outcome, why);
  delivery_.connection_lost = client_.broken(std::move(why));
}

// Whatever the cause, another try may deliver the message twice, and none may
// lose it: a person has to know.
void SmtpVerdict::unknown(Error why) {
  if (why.kind != ErrorKind::timed_out && why.kind != ErrorKind::interrupted) {
    why.kind = ErrorKind::disconnected;
  }
  why.what = "the outcome is unknown, the message may have been delivered: " +
             why.what;
  settle(Outcome::unknown, why);
  delivery_.connection_lost = client_.broken(std::move(why));
}

}  // namespace mailtool::client
