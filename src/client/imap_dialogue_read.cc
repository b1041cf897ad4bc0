// From octets to responses, and from responses to whom they concern.

#include <algorithm>
#include <utility>

#include "client/imap_dialogue_parts.h"
#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_dialogue.h"

namespace mailtool::client {
namespace {

// False for a line that is neither "*", "+" nor a tag and a status.
bool is_response(const imap::FramedResponse& framed) {
  if (framed.octets.starts_with("* ")) return true;
  const auto response = imap::parse_response(framed);
  const auto* other = std::get_if<imap::OtherData>(&response);
  return other == nullptr || !other->name.empty();
}

}  // namespace

Result<void> ImapDialogue::take_step(const imap::ResponseFramer::Step& step,
                                     Sink*& sink) {
  using Event = imap::ResponseFramer::Event;
  if (step.event == Event::streamed) return sink->write(step.octets);
  if (step.event == Event::literal_ends) sink = nullptr;
  if (step.event != Event::literal_begins) return {};
  const auto* command = oldest();
  if (command == nullptr || command->handler == nullptr) return {};
  sink = command->handler->on_literal(framer_.partial());
  if (sink != nullptr) framer_.stream_literal();
  return {};
}

Result<imap::FramedResponse> ImapDialogue::read_framed() {
  reader_->begin_wait(limits_.timeout);
  Sink* sink = nullptr;
  while (true) {
    const auto octets = reader_->peek();
    if (!octets) return octets.error();
    const auto step = framer_.feed(*octets);
    if (!step) return step.error();
    if (auto taken = take_step(*step, sink); !taken) return taken.error();
    reader_->consume(step->consumed);
    if (step->event == imap::ResponseFramer::Event::complete) {
      return framer_.take();
    }
  }
}

Result<imap::FramedResponse> ImapDialogue::next_framed() {
  if (read_ahead_) return *std::exchange(read_ahead_, std::nullopt);
  return read_framed();
}

// Lenient: a line end within a FETCH. The line behind it is part of it unless
// it is a response of its own. Test: line-break-in-fetch.dialogue.
Result<bool> ImapDialogue::join_broken_lines(imap::FramedResponse& fetch) {
  bool joined = false;
  while (true) {
    auto more = next_framed();
    if (!more) return std::move(more).error();
    if (is_response(*more)) {
      read_ahead_ = *std::move(more);
      return joined;
    }
    const auto begin = fetch.octets.size() + 2;
    if (begin + more->octets.size() > imap::FramerLimits{}.response_octets) {
      return broken("a response in lines without end");
    }
    fetch.octets += "\r\n" + more->octets;
    for (auto literal : more->literals) {
      literal.marker += begin;
      literal.content += begin;
      fetch.literals.push_back(literal);
    }
    joined = true;
  }
}

Result<imap::Response> ImapDialogue::read_response(std::size_t& octets) {
  auto framed = next_framed();
  if (!framed) return std::move(framed).error();
  if (const auto* command = oldest(); command && command->handler) {
    auto taken = command->handler->on_framed(*framed);
    if (!taken) return std::move(taken).error();
  }
  auto response = imap::parse_response(*framed, names_);
  octets = framed->octets.size() + 2;
  const auto* other = std::get_if<imap::OtherData>(&response);
  // Lenient: a list closed too soon; the rest of the FETCH is a line of its
  // own. Test: line-break-in-fetch.dialogue.
  if (other != nullptr && other->name.empty() && last_fetch_) {
    return imap::Response(imap::parse_fetch_rest(*framed, *last_fetch_));
  }
  last_fetch_.reset();
  const auto* fetch = std::get_if<imap::FetchData>(&response);
  if (fetch == nullptr) return response;
  last_fetch_ = fetch->sequence;
  if (!fetch->unfinished) return response;
  const auto joined = join_broken_lines(*framed);
  if (!joined) return joined.error();
  octets = framed->octets.size() + 2;
  return *joined ? imap::parse_response(*framed, names_) : response;
}

Result<std::optional<imap::Continuation>> ImapDialogue::read_and_dispatch() {
  using Outcome = Result<std::optional<imap::Continuation>>;
  if (dead_) return *dead_;
  const std::string step = oldest() != nullptr ? oldest()->name : "";
  const auto named = [&](Error error) -> Outcome {
    return die(std::move(error).at(step));
  };
  std::size_t octets = 0;
  auto response = read_response(octets);
  if (!response) {
    auto error = std::move(response).error();
    if (error.server_said.empty()) error.server_said = complaint_;
    return named(std::move(error));
  }
  if (auto* go_on = std::get_if<imap::Continuation>(&*response)) {
    // One that nobody waits for is passed over, but not for ever.
    if (auto charged = charge(octets); !charged) {
      return named(std::move(charged).error());
    }
    return std::optional(std::move(*go_on));
  }
  Result<void> done;
  if (auto* status = std::get_if<imap::StatusResponse>(&*response)) {
    done = dispatch_status(std::move(*status), octets);
  } else {
    done = dispatch_data(*std::move(response), octets);
  }
  if (!done) return named(std::move(done).error());
  return std::optional<imap::Continuation>();
}

Result<void> ImapDialogue::dispatch_status(imap::StatusResponse&& status,
                                           std::size_t octets) {
  observer_.on_status(status);
  if (status.tag.empty()) {
    if (status.status == imap::Status::bye) return said_bye(status);
    auto* command = oldest();
    if (command != nullptr && command->handler != nullptr) {
      command->handler->on_status(status);
    }
    // Some servers say no more than this, and the command is never completed.
    const bool complains =
        status.status == imap::Status::no || status.status == imap::Status::bad;
    if (complains) complaint_ = printable(status.shown());
    return charge(octets);
  }
  for (auto& one : in_flight_) {
    if (one.completion || !iequals(status.tag, tag_of(one.number))) continue;
    if (status.status == imap::Status::bye ||
        status.status == imap::Status::preauth) {
      return broken("a command completed by neither OK, NO nor BAD");
    }
    outstanding_ -= one.octets;
    unsolicited_octets_ = 0;
    unsolicited_responses_ = 0;
    complaint_.clear();
    one.completion = std::move(status);
    return {};
  }
  return broken("answer to a command that was not sent: " +
                printable(status.tag, 40));
}

// Whose answer `data` is part of: what names a command is for that one alone.
ImapDialogue::InFlight* ImapDialogue::asker(const imap::Response& data) {
  const auto* search = std::get_if<imap::SearchData>(&data);
  if (search == nullptr || search->tag.empty()) return oldest();
  for (auto& one : in_flight_) {
    if (!one.completion && iequals(search->tag, tag_of(one.number))) {
      return &one;
    }
  }
  return nullptr;
}

Result<void> ImapDialogue::dispatch_data(imap::Response&& data,
                                         std::size_t octets) {
  const auto* command = asker(data);
  if (command != nullptr && command->handler != nullptr) {
    auto taken = command->handler->on_data(data);
    if (!taken) return std::move(taken).error();
    if (*taken) return {};
  }
  observer_.on_unsolicited(data);
  return charge(octets);
}

Result<void> ImapDialogue::charge(std::size_t octets) {
  unsolicited_octets_ += octets;
  ++unsolicited_responses_;
  if (unsolicited_octets_ > limits_.unsolicited_octets ||
      unsolicited_responses_ > limits_.unsolicited_responses) {
    return broken("more unsolicited data than one command may bring");
  }
  return {};
}

}  // namespace mailtool::client
