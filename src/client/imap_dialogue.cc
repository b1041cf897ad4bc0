#include "mailtool/client/imap_dialogue.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

// No server greets, or answers before login, at greater length.
constexpr std::size_t kGreetingOctets = 64 * 1024;

std::string tag_of(std::uint32_t number) {
  return "A" + std::to_string(number);
}

Error broken(std::string what) {
  return Error{ErrorKind::protocol, std::move(what)};
}

Error said_bye(const imap::StatusResponse& bye) {
  return Error{ErrorKind::disconnected,
               "the server ended the session",
               {},
               printable(bye.shown())};
}

}  // namespace

ImapDialogue::ImapDialogue(Stream& stream, ImapObserver& observer,
                           ImapLimits limits)
    : stream_(stream),
      observer_(observer),
      limits_(limits),
      reader_(std::make_unique<LineReader>(stream)),
      framer_(imap::FramerLimits{kGreetingOctets, kGreetingOctets, 10}) {}

Result<imap::StatusResponse> ImapDialogue::greeting() {
  std::size_t octets = 0;
  auto response = read_response(octets);
  if (!response) return std::move(response).error().at("greeting");
  framer_ = imap::ResponseFramer();
  auto* status = std::get_if<imap::StatusResponse>(&*response);
  const bool greets = status != nullptr && status->tag.empty() &&
                      status->status != imap::Status::no &&
                      status->status != imap::Status::bad;
  if (!greets) return broken("not an IMAP server").at("greeting");
  if (status->status == imap::Status::bye) {
    return said_bye(*status).at("greeting");
  }
  observer_.on_status(*status);
  return std::move(*status);
}

Error ImapDialogue::die(Error error) {
  // The callers of commands in flight return, and their handlers with them.
  for (auto& one : in_flight_) one.handler = nullptr;
  dead_ = error;
  return error;
}

// --- sending ---------------------------------------------------------------

ImapDialogue::InFlight* ImapDialogue::oldest() {
  for (auto& one : in_flight_) {
    if (!one.completion) return &one;
  }
  return nullptr;
}

ImapDialogue::InFlight* ImapDialogue::find(std::uint32_t number) {
  for (auto& one : in_flight_) {
    if (one.number == number) return &one;
  }
  return nullptr;
}

std::uint32_t ImapDialogue::enlist(std::string_view name, ImapHandler* handler,
                                   std::size_t octets) {
  const auto number = next_number_++;
  in_flight_.push_back(
      {number, std::string(name), handler, octets, std::nullopt});
  outstanding_ += octets;
  return number;
}

imap::StatusResponse ImapDialogue::retire(std::uint32_t number) {
  const auto at =
      std::find_if(in_flight_.begin(), in_flight_.end(),
                   [&](const auto& one) { return one.number == number; });
  auto completion = *std::move(at->completion);
  in_flight_.erase(at);
  return completion;
}

Result<void> ImapDialogue::make_room(std::size_t octets) {
  while (oldest() != nullptr &&
         outstanding_ + octets > limits_.outstanding_octets) {
    if (auto read = read_and_dispatch(); !read) return read.error();
  }
  return {};
}

Result<std::uint32_t> ImapDialogue::send(const imap::Command& command,
                                         ImapHandler* handler,
                                         imap::LiteralMode mode,
                                         std::string_view shown) {
  if (dead_) return *dead_;
  if (auto room = make_room(command.octets()); !room) return room.error();
  const auto number = enlist(command.name, handler, command.octets());
  const auto put = [&](std::string_view octets) -> Result<void> {
    if (shown.empty()) return stream_.write_all(octets);
    return stream_.write_secret(
        octets, tag_of(number) + " " + std::string(shown) + "\r\n");
  };
  std::string buffer = tag_of(number) + " ";
  for (const auto& fragment : command.fragments) {
    if (fragment.literal) {
      const auto size = fragment.octets.size();
      const bool at_once = imap::sent_at_once(mode, size);
      buffer += "{" + std::to_string(size) + (at_once ? "+}\r\n" : "}\r\n");
      if (!at_once) {
        if (auto sent = put(buffer); !sent) {
          return die(std::move(sent).error().at(command.name));
        }
        buffer.clear();
        auto go_on = await_continuation(number);
        if (!go_on) return std::move(go_on).error();
        if (!*go_on) return number;
      }
    } else if (has_line_break_or_nul(fragment.octets)) {
      // The last guard against command injection.
      return die(Error{ErrorKind::internal, "line end inside a command",
                       command.name});
    }
    buffer += fragment.octets;
  }
  buffer += "\r\n";
  auto sent = put(buffer);
  if (!shown.empty()) wipe(buffer);
  if (!sent) return die(std::move(sent).error().at(command.name));
  return number;
}

Result<bool> ImapDialogue::await_continuation(std::uint32_t number) {
  while (true) {
    auto read = read_and_dispatch();
    if (!read) return std::move(read).error();
    if (*read) return true;
    if (find(number)->completion) return false;
  }
}

Result<std::uint32_t> ImapDialogue::send_line(std::string_view octets,
                                              std::string_view shown) {
  if (dead_) return *dead_;
  const auto number =
      enlist(shown.substr(0, shown.find(' ')), nullptr, octets.size());
  const auto tag = tag_of(number) + " ";
  auto sent = stream_.write_secret(tag + std::string(octets) + "\r\n",
                                   tag + std::string(shown) + "\r\n");
  if (!sent) return die(std::move(sent).error().at(in_flight_.back().name));
  return number;
}

Result<void> ImapDialogue::send_response(std::string_view octets,
                                         std::string_view shown) {
  return stream_.write_secret(std::string(octets) + "\r\n",
                              std::string(shown) + "\r\n");
}

Result<ImapDialogue::Turn> ImapDialogue::next_turn(std::uint32_t ticket) {
  while (true) {
    auto read = read_and_dispatch();
    if (!read) return std::move(read).error();
    if (*read) return Turn{true, std::move((*read)->text), {}};
    if (find(ticket)->completion) return Turn{false, {}, retire(ticket)};
  }
}

Result<imap::StatusResponse> ImapDialogue::await(std::uint32_t ticket) {
  while (!find(ticket)->completion) {
    if (auto read = read_and_dispatch(); !read) return std::move(read).error();
  }
  return retire(ticket);
}

Result<void> ImapDialogue::start_tls() {
  // Plain text that came along with the OK would be read later as if TLS had
  // protected it.
  if (reader_->has_unread()) {
    return broken("plain text after STARTTLS").at("STARTTLS");
  }
  if (auto secured = stream_.start_tls(); !secured) {
    return std::move(secured).error().at("STARTTLS");
  }
  reader_ = std::make_unique<LineReader>(stream_);
  framer_ = imap::ResponseFramer();
  return {};
}

// --- reading ---------------------------------------------------------------

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

Result<imap::Response> ImapDialogue::read_response(std::size_t& octets) {
  auto framed = read_framed();
  if (!framed) return std::move(framed).error();
  octets = framed->octets.size() + 2;
  auto response = imap::parse_response(*framed);
  const auto* other = std::get_if<imap::OtherData>(&response);
  // Lenient: a line broken within a FETCH goes on with its items. Test:
  // line-break-in-fetch.dialogue.
  if (other != nullptr && other->name.empty() && last_fetch_) {
    return imap::Response(imap::parse_fetch_rest(*framed, *last_fetch_));
  }
  const auto* fetch = std::get_if<imap::FetchData>(&response);
  last_fetch_.reset();
  if (fetch != nullptr) last_fetch_ = fetch->sequence;
  return response;
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
  if (!response) return named(std::move(response).error());
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
    one.completion = std::move(status);
    return {};
  }
  return broken("answer to a command that was not sent: " +
                printable(status.tag, 40));
}

Result<void> ImapDialogue::dispatch_data(imap::Response&& data,
                                         std::size_t octets) {
  const auto* command = oldest();
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
