// Tags, literals, what is in flight. Reading is in imap_dialogue_read.cc.

#include "mailtool/client/imap_dialogue.h"

#include <algorithm>
#include <utility>

#include "client/imap_dialogue_parts.h"
#include "mailtool/base/ascii.h"

namespace mailtool::client {
namespace {

// No server greets, or answers before login, at greater length.
constexpr std::size_t kGreetingOctets = 64 * 1024;

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

// What came before the command cannot answer it: an OK put there by another
// than the server must not be taken for the server's.
Result<void> ImapDialogue::drain() {
  // However long ago the last answer came.
  stream_.set_deadline(limits_.timeout);
  while (oldest() == nullptr && (reader_->has_unread() || read_ahead_)) {
    if (auto read = read_and_dispatch(); !read) return read.error();
  }
  return {};
}

bool ImapDialogue::settled() {
  while (!dead_ && in_flight_.empty() &&
         (reader_->has_unread() || read_ahead_ || stream_.readable())) {
    if (!read_and_dispatch()) return false;
  }
  return !dead_ && in_flight_.empty();
}

Result<std::uint32_t> ImapDialogue::send(const imap::Command& command,
                                         ImapHandler* handler,
                                         imap::LiteralMode mode,
                                         std::string_view shown) {
  if (dead_) return *dead_;
  if (auto drained = drain(); !drained) return drained.error();
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
  if (auto drained = drain(); !drained) return drained.error();
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
  stream_.set_deadline(limits_.timeout);
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
  if (reader_->has_unread() || read_ahead_) {
    return broken("plain text after STARTTLS").at("STARTTLS");
  }
  if (auto secured = stream_.start_tls(); !secured) {
    return std::move(secured).error().at("STARTTLS");
  }
  reader_ = std::make_unique<LineReader>(stream_);
  framer_ = imap::ResponseFramer();
  read_ahead_.reset();
  last_fetch_.reset();
  return {};
}

}  // namespace mailtool::client
