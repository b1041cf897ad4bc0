#include "client/smtp_chunks.h"

#include <algorithm>
#include <utility>

#include "client/smtp_refusal.h"

namespace mailtool::client {
namespace {

// A refusal is heard between chunks, and each is held in memory twice. Before
// the envelope is answered chunks are smaller: one that has begun must be sent
// to its end, though nobody wants it.
constexpr std::size_t kChunk = 256 * 1024;      // octets
constexpr std::size_t kFirstChunks = 64 * 1024;  // octets
constexpr std::size_t kBlock = 64 * 1024;  // octets, of one read and one write
// Octets sent to recipients of whom nothing is known yet.
constexpr std::size_t kMaxAhead = 256 * 1024;
// The replies to so many chunks fit any socket buffer, and so many chunks fill
// a line of a gigabit and 100 ms.
constexpr std::size_t kMaxUnanswered = 48;

}  // namespace

bool knows_no_bdat(const smtp::Reply& reply) {
  return reply.code >= 500 && reply.code <= 504 && reply.code != 503;
}

bool SmtpChunks::send(Source& message, smtp::Body body) {
  binary_ = body == smtp::Body::binary_mime;
  block_.resize(kBlock);
  std::string chunk;
  std::string next;
  auto filled = fill(message, next);
  while (filled && !ended_) {
    chunk.swap(next);
    // Only what follows a chunk tells whether it is the last.
    filled = fill(message, next);
    if (!filled) break;
    if (!write(chunk, next.empty())) return true;
    const auto step = take_replies();
    if (step != Next::go_on) return step == Next::over;
  }
  if (!filled) {
    source_failed(std::move(filled).error());
  } else {
    verdict_.take();
  }
  return true;
}

// An empty chunk is the end of the message.
Result<void> SmtpChunks::fill(Source& message, std::string& chunk) {
  const auto size = envelope_.replies > 0 ? kFirstChunks : kChunk;
  chunk.clear();
  while (!at_end_ && chunk.size() < size) {
    const auto room = std::min(block_.size(), size - chunk.size());
    const auto count = message.read_some({block_.data(), room});
    if (!count) return count.error();
    at_end_ = *count == 0;
    const auto octets = std::string_view(block_).substr(0, *count);
    if (binary_) {
      chunk += octets;
      continue;
    }
    auto taken = at_end_ ? lines_.finish(chunk) : lines_.feed(octets, chunk);
    if (!taken) return taken;
  }
  return {};
}

bool SmtpChunks::write(std::string_view chunk, bool final) {
  const bool quit = final && client_.capabilities_.pipelining &&
                    envelope_.last() == LastMessage::yes;
  auto wire = "BDAT " + std::to_string(chunk.size()) +
              (final ? " LAST\r\n" : "\r\n");
  wire += chunk.substr(0, kBlock);
  if (envelope_.replies > 0) ahead_ += chunk.size();
  chunk.remove_prefix(std::min(kBlock, chunk.size()));
  while (!chunk.empty()) {
    if (!write_part(wire, false)) return false;
    wire = chunk.substr(0, kBlock);
    chunk.remove_prefix(wire.size());
  }
  if (quit) wire += "QUIT\r\n";
  if (!write_part(wire, final)) return false;
  ++unanswered_;
  ended_ = final;
  client_.quit_sent_ = quit;
  return true;
}

bool SmtpChunks::write_part(std::string_view octets, bool end) {
  client_.stream_.set_deadline(client_.options_.timeout);
  auto written = client_.stream_.write_all(octets);
  if (written) return true;
  auto why = std::move(written).error().at(kMessageStep);
  if (end) {
    verdict_.unknown(std::move(why));  // all of it may have left
  } else {
    verdict_.abandon(Outcome::deferred, std::move(why));
  }
  return false;
}

SmtpChunks::Next SmtpChunks::take_replies() {
  while (must_read() || (!ended_ && envelope_.replies + unanswered_ > 0 &&
                         client_.server_has_spoken())) {
    auto reply = client_.read_reply(ended_ ? client_.options_.final_timeout
                                           : client_.options_.timeout);
    if (!reply) {
      auto why = std::move(reply).error().at(kMessageStep);
      if (ended_) {
        verdict_.unknown(std::move(why));
      } else {
        verdict_.abandon(Outcome::deferred, std::move(why));
      }
      return Next::over;
    }
    const auto step = take_reply(*reply);
    if (step != Next::go_on) return step;
  }
  return Next::go_on;
}

// At the end, all but the verdict.
bool SmtpChunks::must_read() const {
  if (ended_) return envelope_.replies > 0 || unanswered_ > 1;
  if (!client_.capabilities_.pipelining) return unanswered_ > 0;
  return unanswered_ > kMaxUnanswered ||
         (envelope_.replies > 0 && ahead_ >= kMaxAhead);
}

SmtpChunks::Next SmtpChunks::take_reply(const smtp::Reply& reply) {
  if (envelope_.replies > 0) {
    --envelope_.replies;
    if (envelope_.take(reply)) return Next::go_on;
    drain();
    return Next::over;
  }
  --unanswered_;
  return reply.positive() ? Next::go_on : refused(reply);
}

// Section 2: no more chunks after one that failed, and RSET before anything
// else. Those under way are answered, and the answers mean nothing.
SmtpChunks::Next SmtpChunks::refused(const smtp::Reply& reply) {
  delivery_.final_reply = reply;
  for (auto& report : delivery_.recipients) {
    if (report.outcome == Outcome::accepted) report.reply = reply;
  }
  auto why = refusal(SmtpStep::body, reply, kMessageStep);
  if (reply.code == 421 || why.kind == ErrorKind::protocol) {
    verdict_.abandon(Outcome::deferred, std::move(why));
    return Next::over;
  }
  // How many replies LMTP gives to the end of a message that failed before is
  // nowhere said.
  if (ended_ && client_.options_.lmtp) client_.alive_ = false;
  drain();
  if (knows_no_bdat(reply)) return Next::not_known;
  verdict_.settle(outcome_of(why.kind), why);
  return Next::over;
}

// The message is not ended, so RSET undoes it and the connection stays good.
void SmtpChunks::source_failed(Error why) {
  drain();
  const auto outcome = outcome_of(why.kind);
  verdict_.settle(outcome, std::move(why).at(kMessageStep));
}

void SmtpChunks::drain() {
  while (client_.alive_ && envelope_.replies + unanswered_ > 0) {
    const auto reply = client_.read_reply(client_.options_.timeout);
    if (!reply) return;
    if (envelope_.replies > 0) {
      --envelope_.replies;
      (void)envelope_.take(*reply);
      continue;
    }
    --unanswered_;
    if (reply->code == 421) client_.alive_ = false;
    if (!knows_no_bdat(*reply)) continue;
    client_.forget_chunking();
    client_.in_doubt_ = true;
  }
}

}  // namespace mailtool::client
