// RETR and TOP: many commands under way at once, answers in their order.

#include <algorithm>

#include "client/pop3_refusal.h"
#include "mailtool/client/pop3_client.h"
#include "mailtool/pop3/multiline.h"

namespace mailtool::client {
namespace {

// What is read to the end of a message that can no longer be stored, lest the
// session is lost. Beyond it, the session is.
constexpr std::uint64_t kDroppedOctets = 32 * 1024 * 1024;

// A message may be so much longer than twice its size before the session is
// given up. The receiver may draw its line sooner, and drop the message alone.
constexpr std::uint64_t kSlack = 36 * 1024 * 1024;
// Where LIST gives no size that could be believed.
constexpr std::uint64_t kMostOctets = 1024 * 1024 * 1024;
// A message that ended in order, and beyond twice its size by more than this,
// shows that the sizes of this server are none.
constexpr std::uint64_t kSizesLie = 1024;

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

std::size_t Pop3Client::most_commands(std::size_t wanted) const {
  if (!pipelines()) return 1;
  return pipelines_unannounced() ? std::min(wanted, kUnannouncedCommands)
                                 : wanted;
}

// Half empty, so that commands go out in few segments; and never fewer than
// two messages under way, so that the line is not idle between large ones.
bool Pop3Client::window_open() const {
  if (pending_.empty()) return true;
  if (!pipelines() || commands_full()) return false;
  if (pending_.size() < 2) return true;
  return pending_.size() <= most_commands(window_.commands) / 2 &&
         pending_command_octets_ <= window_.command_octets / 2 &&
         pending_octets_ <= window_.octets / 2;
}

// A message whose end is not confirmed is under way.
bool Pop3Client::commands_full() const {
  const std::size_t unconfirmed = unconfirmed_ != 0 ? 1 : 0;
  return pending_.size() + unconfirmed >= most_commands(window_.commands);
}

bool Pop3Client::window_full() const {
  if (pending_.empty()) return false;
  if (commands_full()) return true;
  return pending_.size() >= 2 &&
         (pending_command_octets_ >= window_.command_octets ||
          pending_octets_ >= window_.octets);
}

Result<void> Pop3Client::fill_window(MessageReceiver& receiver) {
  if (no_more_requests_ || !window_open()) return {};
  std::string batch;
  if (auto clear = clear_to_send("RETR"); !clear) return clear;
  while (!window_full()) {
    const auto request = receiver.next();
    if (!request) {
      no_more_requests_ = true;
      break;
    }
    const auto command = command_for(*request);
    // A size is advice: it counts for the window, and for at most all of it.
    const auto octets = std::min(request->octets, window_.octets);
    batch += command.line;
    pending_.push_back({request->number, octets, request->octets,
                        request->headers_only, command.line.size(),
                        command.shown});
    pending_octets_ += octets;
    pending_command_octets_ += command.line.size();
  }
  if (batch.empty()) return {};
  if (auto sent = stream_.write_all(batch); !sent) {
    return broken(std::move(sent).error(), pending_.front().shown);
  }
  return {};
}

// Beyond it, a message is another one than LIST spoke of, or has no end: the
// disk is not the place to find out.
std::uint64_t Pop3Client::most_octets(const Pending& asked) const {
  if (sizes_lie_ || asked.listed == 0 || asked.listed > kMostOctets / 2) {
    return std::max(kMostOctets, asked.listed + kSlack);
  }
  return 2 * asked.listed + kSlack;
}

Result<std::uint64_t> Pop3Client::read_content(MessageReceiver& receiver,
                                               const Pending& asked) {
  // A server that ends its lines in LF alone cannot send CRLF.CRLF.
  pop3::MultilineDecoder decoder(lf_only_ ? pop3::LineEnd::bare_lf
                                          : pop3::LineEnd::crlf);
  KeepingFirstFailure out(receiver, local_failure_);
  const auto limit = most_octets(asked);
  while (!decoder.done()) {
    // A server that has sent was not silent, however slow the disk is.
    if (!lines_->has_unread() && stream_.readable()) {
      lines_->begin_wait(timeout_);
    }
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
    if (decoder.content_octets() <= limit || local_failure_) continue;
    return broken({ErrorKind::protocol,
                   "message " + std::to_string(asked.number) + " runs beyond " +
                       std::to_string(limit) + " octets, LIST says " +
                       std::to_string(asked.listed)},
                  asked.shown);
  }
  const auto octets = decoder.content_octets();
  sizes_lie_ = sizes_lie_ || (asked.listed > 0 && octets / 2 > kSizesLie &&
                              octets / 2 - kSizesLie > asked.listed);
  return octets;
}

void Pop3Client::end_message(MessageReceiver& receiver, std::uint32_t number) {
  if (local_failure_) return;
  if (auto told = receiver.end(number); !told) local_failure_ = told.error();
}

// Any message may have been cut by a server that does not double dots: what
// follows its CRLF.CRLF is then the rest of it, whatever LIST said, since there
// are servers that count a line end as one octet. So it counts only once the
// next answer is one.
void Pop3Client::confirm(MessageReceiver& receiver) {
  if (unconfirmed_ != 0) end_message(receiver, unconfirmed_);
  unconfirmed_ = 0;
}

// At the end, an answer must be asked for: of STAT, since the server has shown
// that it knows it, and no other answer looks like it. Where the size of LIST
// is met exactly, that confirms it, and no round trip is taken; so it does for
// a header, from which nothing follows that could not be undone.
Result<void> Pop3Client::confirm_last(MessageReceiver& receiver) {
  if (unconfirmed_ == 0 || local_failure_) return {};
  if (!last_is_exact_) {
    const auto step = pop3::stat().shown;
    if (auto sent = send(pop3::stat()); !sent) return sent;
    const auto reply = read_reply(step);
    if (!reply) return reply.error();
    if (!counts_as_before(*reply)) {
      return broken({ErrorKind::protocol,
                     "not the answer to STAT: a message ended too soon, or"
                     " there was one too many",
                     {},
                     said_by(*reply)},
                    step);
    }
  }
  confirm(receiver);
  return {};
}

Result<void> Pop3Client::read_message(MessageReceiver& receiver) {
  const Pending asked = pending_.front();
  const auto reply = read_reply(asked.shown);
  if (!reply) return reply.error();
  confirm(receiver);

  if (!reply->ok()) {
    if (!local_failure_) {
      auto told = receiver.refused(asked.number, refusal(*reply, asked.shown));
      if (!told) local_failure_ = told.error();
    }
  } else {
    if (!local_failure_) {
      auto told = receiver.begin(asked.number);
      if (!told) local_failure_ = told.error();
    }
    const auto octets = read_content(receiver, asked);
    if (!octets) return octets.error();
    unconfirmed_ = asked.number;
    last_is_exact_ =
        asked.headers_only || (*octets == asked.listed && !lf_only_);
  }
  pending_.pop_front();
  pending_octets_ -= asked.octets;
  pending_command_octets_ -= asked.command_octets;
  return {};
}

Result<void> Pop3Client::retrieve(MessageReceiver& receiver) {
  no_more_requests_ = false;
  unconfirmed_ = 0;
  local_failure_.reset();
  for (;;) {
    if (local_failure_) no_more_requests_ = true;
    if (auto filled = fill_window(receiver); !filled) return filled;
    if (pending_.empty()) break;
    if (auto read = read_message(receiver); !read) return read;
  }
  if (auto confirmed = confirm_last(receiver); !confirmed) return confirmed;
  if (local_failure_) return *std::move(local_failure_);
  return {};
}

}  // namespace mailtool::client
