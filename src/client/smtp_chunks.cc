#include "client/smtp_chunks.h"

#include <algorithm>
#include <utility>

#include "client/smtp_refusal.h"

namespace mailtool::client {
namespace {

// A refusal is heard between chunks, and each is held in memory twice.
constexpr std::size_t kChunk = 256 * 1024;  // octets
constexpr std::size_t kBlock = 64 * 1024;   // octets, of one write
// The replies to so many chunks fit any socket buffer, and so many chunks fill
// a line of a gigabit and 100 ms.
constexpr std::size_t kMaxUnanswered = 48;

}  // namespace

bool knows_no_bdat(const smtp::Reply& reply) {
  return reply.code >= 500 && reply.code <= 504 && reply.code != 503;
}

bool SmtpChunks::send(Source& message, LastMessage last) {
  const bool pipelining = client_.capabilities_.pipelining;
  std::string chunk;
  std::string next;
  if (auto filled = fill(message, next); !filled) {
    source_failed(std::move(filled).error());
    return true;
  }
  while (!ended_) {
    chunk.swap(next);
    // Only what follows a chunk tells whether it is the last.
    if (auto filled = fill(message, next); !filled) {
      source_failed(std::move(filled).error());
      return true;
    }
    const bool final = next.empty();
    const bool quit = final && pipelining && last == LastMessage::yes;
    if (!write(chunk, final, quit)) return true;
    if (final) break;
    const auto step = take_replies(pipelining ? kMaxUnanswered : 0);
    if (step != Next::go_on) return step == Next::over;
  }
  const auto step = take_replies(1);
  if (step != Next::go_on) return step == Next::over;
  verdict_.take();
  return true;
}

// At the end of the message the chunk is short, then empty.
Result<void> SmtpChunks::fill(Source& message, std::string& chunk) const {
  chunk.resize(kChunk);
  std::size_t size = 0;
  while (size < kChunk) {
    const auto count = message.read_some({chunk.data() + size, kChunk - size});
    if (!count) return count.error();
    if (*count == 0) break;
    size += *count;
  }
  chunk.resize(size);
  return {};
}

bool SmtpChunks::write(std::string_view chunk, bool final, bool quit) {
  auto line = smtp::to_wire(smtp::Bdat{chunk.size(), final});
  if (!line) return verdict_.abandon(Outcome::deferred, line.error()), false;
  auto wire = *std::move(line);
  wire += chunk.substr(0, kBlock);
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

SmtpChunks::Next SmtpChunks::take_replies(std::size_t most) {
  while (unanswered_ > 0) {
    const bool must = unanswered_ > most;
    if (!must && (ended_ || !client_.server_has_spoken())) break;
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
    --unanswered_;
    if (!reply->positive()) return refused(*reply);
  }
  return Next::go_on;
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
  drain();
  if (knows_no_bdat(reply)) return Next::not_known;
  verdict_.settle(outcome_of(why.kind), why);
  return Next::over;
}

// The message is not ended, so RSET undoes it and the connection stays good.
void SmtpChunks::source_failed(Error why) {
  drain();
  verdict_.settle(Outcome::deferred, std::move(why).at(kMessageStep));
}

void SmtpChunks::drain() {
  // How many replies LMTP gives to the end of a message that failed before is
  // nowhere said.
  if (ended_ && client_.options_.lmtp) client_.alive_ = false;
  for (; client_.alive_ && unanswered_ > 0; --unanswered_) {
    const auto reply = client_.read_reply(client_.options_.timeout);
    if (!reply || reply->code == 421) client_.alive_ = false;
  }
}

}  // namespace mailtool::client
