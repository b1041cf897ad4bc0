// Flights of one transaction: what goes together, and the message with it.
#include <algorithm>
#include <utility>

#include "client/smtp_chunks.h"
#include "client/smtp_refusal.h"
#include "client/smtp_transaction.h"

namespace mailtool::client {
namespace {

// Octets of commands sent ahead of their replies. Any socket buffers hold as
// much, so a server that blocks on its replies cannot block us for ever.
constexpr std::size_t kWindow = 16 * 1024;
// The end of a long flight is written apart: where the write before it fails,
// the message has not gone for certain.
constexpr std::size_t kTail = 1024;

// RFC 5321 section 4.5.3.1.8: what a server must be able to buffer.
constexpr std::size_t kRecipientsOfAnyServer = 100;

}  // namespace

Result<void> SmtpTransaction::take_flight(const Flight& flight,
                                          std::size_t next) {
  const auto lost = [&](Error why) -> Result<void> {
    why = std::move(why).at(step_of(commands_[next]));
    if (!flight.message) return why;
    lost_with_message(std::move(why));
    return {};
  };
  std::string_view octets = flight.octets;
  if (octets.size() > kWindow) {
    const auto head = octets.size() - kTail;
    if (auto written = client_.write_now(octets.substr(0, head)); !written) {
      return std::move(written).error().at(step_of(commands_[next]));
    }
    octets.remove_prefix(head);
  }
  if (octets.empty()) {
    // Chunks alone: the envelope has been answered.
  } else if (auto written = client_.write_now(octets); !written) {
    return lost(std::move(written).error());
  }
  if (flight.chunks) {
    send_chunks(next, flight.end - 1);
    return {};
  }
  if (flight.message) client_.quit_sent_ = flight.quit;
  // A server may hold its replies back until it has dealt with all that came.
  const auto budget = flight.message ? client_.options_.final_timeout
                                     : client_.options_.timeout;
  for (; next < flight.end; ++next) {
    auto reply = client_.read_reply(budget);
    if (!reply) return lost(std::move(reply).error());
    if (reply->code == 421) {
      client_.alive_ = false;
      if (commands_[next].kind != Kind::message) {
        return refusal(SmtpStep::data, *reply, step_of(commands_[next]));
      }
    }
    take_reply(commands_[next], *reply);
  }
  return {};
}

// Collects what may go without waiting.
SmtpTransaction::Flight SmtpTransaction::next_flight(std::size_t next) const {
  Flight flight{next};
  do {
    const auto& command = commands_[flight.end++];
    flight.octets += command.line;
    flight.chunks = command.kind == Kind::chunks;
    if (command.kind != Kind::message) continue;
    flight.message = true;
    flight.quit = offers_.pipelining && last_here() == LastMessage::yes;
    flight.octets += *small_;
    if (flight.quit) flight.octets += "QUIT\r\n";
  } while (offers_.pipelining && flight.end < commands_.size() &&
           flight.octets.size() + commands_[flight.end].line.size() <=
               kWindow &&
           !pointless(commands_[flight.end]));
  return flight;
}

// Recipients that were too many follow in another transaction. That there will
// be such is to be expected only beyond what any server takes.
LastMessage SmtpTransaction::last_here() const {
  const bool some_are_left =
      std::any_of(delivery_.recipients.begin(), delivery_.recipients.end(),
                  [](const auto& r) { return r.too_many_recipients; });
  const bool all_answered =
      std::none_of(delivery_.recipients.begin(), delivery_.recipients.end(),
                   [](const auto& r) {
                     return !r.error && r.outcome != Outcome::accepted;
                   });
  const bool some_may_be_left =
      !all_answered && recipients_ > kRecipientsOfAnyServer;
  return some_are_left || some_may_be_left ? LastMessage::no : last_;
}

// The commands from `next` up to `end` are under way.
void SmtpTransaction::send_chunks(std::size_t next, std::size_t end) {
  EnvelopeUnderWay envelope;
  envelope.replies = end - next;
  envelope.take = [this, next](const smtp::Reply& reply) mutable {
    const auto& command = commands_[next++];
    if (reply.code == 421) {
      client_.alive_ = false;
      settle_rest(refusal(SmtpStep::data, reply, step_of(command)));
      return false;
    }
    take_reply(command, reply);
    return !mail_refused_ && !pointless(commands_.back());
  };
  envelope.last = [this] { return last_here(); };
  no_bdat_ = !SmtpChunks(client_, delivery_, std::move(envelope))
                  .send(*text_.source, text_.body);
  client_.needs_reset_ = !(delivery_.final_reply &&
                           delivery_.final_reply->positive());
}

// Where MAIL or every recipient was refused this is 503, and tells nothing new.
void SmtpTransaction::take_message_reply(const smtp::Reply& reply) {
  no_bdat_ = knows_no_bdat(reply);
  if (no_bdat_) {
    client_.forget_chunking();
    client_.in_doubt_ = true;
  } else if (!mail_refused_ && accepted_count() > 0) {
    verdict_.take(reply);
  }
  // RFC 3030 section 2: after a failure the state is anyone's guess.
  client_.needs_reset_ = !reply.positive();
}

void SmtpTransaction::lost_with_message(Error why) {
  if (mail_refused_) {
    delivery_.connection_lost = client_.broken(std::move(why));
  } else {
    verdict_.unknown(std::move(why));
  }
}

void SmtpTransaction::without_chunking() {
  client_.forget_chunking();
  client_.in_doubt_ = true;
  delivery_.chunking_broken = true;
  if (!client_.takes_more()) {
    return settle_rest({ErrorKind::protocol,
                        "the server offers CHUNKING and does not know BDAT",
                        std::string(kMessageStep)});
  }
  Envelope rest = envelope_;
  rest.recipients.clear();
  std::vector<std::size_t> whose;
  for (std::size_t i = 0; i < delivery_.recipients.size(); ++i) {
    if (delivery_.recipients[i].outcome != Outcome::accepted) continue;
    rest.recipients.push_back(envelope_.recipients[i]);
    whose.push_back(i);
  }
  const MessageForms forms = [this](smtp::Body most) -> Result<MessageText> {
    if (!small_ || text_.body > most) return forms_(most);
    return MessageText{std::make_unique<StringSource>(*small_), small_->size(),
                       text_.body};
  };
  auto again = SmtpTransaction(client_, rest, forms, last_).run();
  for (std::size_t i = 0; i < whose.size(); ++i) {
    delivery_.recipients[whose[i]] = std::move(again.recipients[i]);
  }
  delivery_.final_reply = std::move(again.final_reply);
  delivery_.connection_lost = std::move(again.connection_lost);
}

}  // namespace mailtool::client
