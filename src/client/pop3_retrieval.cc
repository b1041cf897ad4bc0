// RETR, TOP and DELE: many commands under way at once, answers in their order.

#include <algorithm>

#include "client/pop3_refusal.h"
#include "mailtool/client/pop3_client.h"
#include "mailtool/pop3/multiline.h"

namespace mailtool::client {
namespace {

// What is read to the end of a message that can no longer be stored, lest the
// session is lost. Beyond it, the session is.
constexpr std::uint64_t kDroppedOctets = 32 * 1024 * 1024;

// Keeps the first failure to itself, so that the decoder reads on to the end
// of the message and the session stays in step.
class KeepingFirstFailure : public Sink {
 public:
  KeepingFirstFailure(Sink& out, std::optional<Error>& failure)
      : out_(out), failure_(failure) {}

  Result<void> write(std::string_view octets) override {
    if (failure_) {
      dropped_ += octets.size();
      if (dropped_ <= kDroppedOctets) return {};
      return *failure_;
    }
    if (auto done = out_.write(octets); !done) {
      failure_ = std::move(done).error();
    }
    return {};
  }

 private:
  Sink& out_;
  std::optional<Error>& failure_;
  std::uint64_t dropped_ = 0;
};

pop3::Command command_for(const MessageRequest& request) {
  return request.headers_only ? pop3::top(request.number, 0)
                              : pop3::retr(request.number);
}

}  // namespace

// Half empty, so that commands go out in few segments; and never fewer than
// two messages under way, so that the line is not idle between large ones.
bool Pop3Client::window_open() const {
  if (pending_.empty()) return true;
  if (!offers("PIPELINING")) return false;
  if (pending_.size() < 2) return true;
  return pending_.size() <= window_.commands / 2 &&
         pending_octets_ <= window_.octets / 2;
}

Result<void> Pop3Client::fill_window(MessageReceiver& receiver) {
  if (no_more_requests_ || !window_open()) return {};
  const std::size_t commands = offers("PIPELINING") ? window_.commands : 1;
  std::string batch;
  if (auto clear = clear_to_send("RETR"); !clear) return clear;
  while (pending_.size() < commands &&
         (pending_.size() < 2 || pending_octets_ < window_.octets)) {
    const auto request = receiver.next();
    if (!request) {
      no_more_requests_ = true;
      break;
    }
    const auto command = command_for(*request);
    // A size is advice: it counts for the window, and for at most all of it.
    const auto octets = std::min(request->octets, window_.octets);
    batch += command.line;
    pending_.push_back({request->number, octets, command.shown});
    pending_octets_ += octets;
  }
  if (batch.empty()) return {};
  if (auto sent = stream_.write_all(batch); !sent) {
    return broken(std::move(sent).error(), pending_.front().shown);
  }
  return {};
}

Result<void> Pop3Client::read_content(MessageReceiver& receiver,
                                      const Pending& asked) {
  // A server that ends its lines in LF alone cannot send CRLF.CRLF.
  pop3::MultilineDecoder decoder(lines_->bare_lf() ? pop3::LineEnd::bare_lf
                                                   : pop3::LineEnd::crlf);
  KeepingFirstFailure out(receiver, local_failure_);
  while (!decoder.done()) {
    const auto arrived = lines_->peek();
    if (!arrived) {
      auto error = arrived.error();
      error.what = "message " + std::to_string(asked.number) +
                   " incomplete: " + error.what;
      return broken(std::move(error), asked.shown);
    }
    const auto taken = decoder.feed(*arrived, out);
    if (!taken) return broken(taken.error(), asked.shown);
    lines_->consume(*taken);
  }
  return {};
}

Result<void> Pop3Client::read_message(MessageReceiver& receiver) {
  const Pending asked = pending_.front();
  const auto reply = read_reply(asked.shown);
  if (!reply) return reply.error();

  Result<void> told;
  if (!reply->ok()) {
    if (!local_failure_) {
      told = receiver.refused(asked.number, refusal(*reply, asked.shown));
    }
  } else {
    if (!local_failure_) told = receiver.begin(asked.number);
    if (!told) local_failure_ = told.error();
    if (auto read = read_content(receiver, asked); !read) return read;
    if (!local_failure_) told = receiver.end(asked.number);
  }
  if (!told && !local_failure_) local_failure_ = told.error();
  pending_.pop_front();
  pending_octets_ -= asked.octets;
  return {};
}

Result<void> Pop3Client::retrieve(MessageReceiver& receiver) {
  no_more_requests_ = false;
  local_failure_.reset();
  for (;;) {
    if (local_failure_) no_more_requests_ = true;
    if (auto filled = fill_window(receiver); !filled) return filled;
    if (pending_.empty()) break;
    if (auto read = read_message(receiver); !read) return read;
  }
  if (local_failure_) return *std::move(local_failure_);
  return {};
}

Result<DeleteReport> Pop3Client::delete_and_quit(
    const std::vector<std::uint32_t>& numbers) {
  const std::size_t commands = offers("PIPELINING") ? window_.commands : 1;
  const std::size_t total = numbers.size() + 1;  // and QUIT
  DeleteReport report;
  std::size_t sent = 0;
  for (std::size_t answered = 0; answered < total; ++answered) {
    // As in window_open(): many commands a segment.
    if (sent < total && sent - answered <= commands / 2) {
      std::string batch;
      if (sent == answered) {
        if (auto clear = clear_to_send("DELE"); !clear) return clear.error();
      }
      for (; sent < total && sent - answered < commands; ++sent) {
        batch += sent < numbers.size() ? pop3::dele(numbers[sent]).line
                                       : pop3::quit().line;
      }
      if (auto written = stream_.write_all(batch); !written) {
        return broken(std::move(written).error(), "DELE");
      }
    }
    const bool last = answered == numbers.size();
    const auto step =
        last ? pop3::quit().shown : pop3::dele(numbers[answered]).shown;
    const auto reply = read_reply(step);
    if (!reply) return reply.error();
    if (reply->ok()) continue;
    if (last) return broken(refusal(*reply, step, ErrorKind::deferred), step);
    if (report.refused.empty()) report.first_refusal = refusal(*reply, step);
    report.refused.push_back(numbers[answered]);
  }
  usable_ = false;
  return report;
}

}  // namespace mailtool::client
