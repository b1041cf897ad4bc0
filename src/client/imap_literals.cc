// Commands with literals too long to be held: APPEND (RFC 9051 section 6.3.12).

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_dialogue.h"

namespace mailtool::client {
namespace {

// What goes out in one write, so that a small message and its command share a
// segment.
constexpr std::size_t kWrite = 64 * 1024;
// What a command with a streamed literal counts as outstanding: at most so many
// answers are unread that they fit the buffers of the connection.
constexpr std::size_t kOutstanding = 512;

// Octets on their way to the stream, and how many of a literal are due.
class Outgoing : public Sink {
 public:
  explicit Outgoing(Stream& stream) : stream_(stream) {}

  Result<void> write(std::string_view octets) override {
    if (octets.size() > due_) {
      return Error{ErrorKind::internal, "a literal longer than announced"};
    }
    due_ -= octets.size();
    while (!octets.empty()) {
      const auto part = octets.substr(0, kWrite - buffer_.size());
      buffer_ += part;
      octets.remove_prefix(part.size());
      if (buffer_.size() < kWrite) break;
      if (auto sent = flush(); !sent) return sent;
    }
    return {};
  }

  void add(std::string_view words) { buffer_ += words; }
  void expect(std::uint64_t octets) { due_ = octets; }
  [[nodiscard]] std::uint64_t due() const { return due_; }

  Result<void> flush() {
    if (buffer_.empty()) return {};
    auto sent = stream_.write_all(buffer_);
    buffer_.clear();
    return sent;
  }

 private:
  Stream& stream_;
  std::string buffer_;
  std::uint64_t due_ = 0;
};

}  // namespace

class ImapDialogue::StreamedSend {
 public:
  StreamedSend(ImapDialogue& dialogue, std::uint32_t number,
               imap::LiteralMode mode)
      : dialogue_(dialogue),
        number_(number),
        mode_(mode),
        out_(dialogue.stream_) {}

  /// False when the command was completed before all of it was sent.
  Result<bool> send(std::span<const StreamedLiteral> parts) {
    dialogue_.stream_.set_deadline(dialogue_.limits_.timeout);
    out_.add("A" + std::to_string(number_) + " ");
    for (const auto& part : parts) {
      auto done = one(part);
      if (!done || !*done) return done;
    }
    out_.add("\r\n");
    if (auto sent = out_.flush(); !sent) return std::move(sent).error();
    return true;
  }

 private:
  Result<bool> one(const StreamedLiteral& part) {
    for (const auto& fragment : part.words.fragments) {
      if (!fragment.literal) {
        // The last guard against command injection.
        if (has_line_break_or_nul(fragment.octets)) {
          return Error{ErrorKind::internal, "line end inside a command"};
        }
        out_.add(fragment.octets);
        continue;
      }
      auto done = literal(fragment.octets.size(),
                          [&](Sink& to) { return to.write(fragment.octets); });
      if (!done || !*done) return done;
    }
    // append-data =/ "UTF8" SP "(" literal8 ")"       ; RFC 6855 section 4
    out_.add(part.utf8 ? " UTF8 (~" : " ");
    auto done = literal(part.octets, part.write);
    if (done && *done && part.utf8) out_.add(")");
    return done;
  }

  Result<bool> literal(std::uint64_t octets,
                       const std::function<Result<void>(Sink&)>& write) {
    const bool at_once = imap::sent_at_once(mode_, octets);
    out_.add("{" + std::to_string(octets) + (at_once ? "+}\r\n" : "}\r\n"));
    if (!at_once) {
      if (auto sent = out_.flush(); !sent) return std::move(sent).error();
      auto go_on = dialogue_.await_continuation(number_);
      if (!go_on || !*go_on) return go_on;
    }
    // Each literal has the whole of the time that the server may be silent.
    dialogue_.stream_.set_deadline(dialogue_.limits_.timeout);
    out_.expect(octets);
    if (auto written = write(out_); !written) {
      return std::move(written).error();
    }
    if (out_.due() == 0) return true;
    return Error{ErrorKind::internal, "a literal shorter than announced"};
  }

  ImapDialogue& dialogue_;
  std::uint32_t number_;
  imap::LiteralMode mode_;
  Outgoing out_;
};

Result<std::uint32_t> ImapDialogue::send_streamed(
    std::string_view name, std::span<const StreamedLiteral> parts,
    imap::LiteralMode mode) {
  if (dead_) return *dead_;
  if (auto drained = drain(); !drained) return drained.error();
  if (auto room = make_room(kOutstanding); !room) return room.error();
  const auto number = enlist(name, nullptr, kOutstanding);
  auto sent = StreamedSend(*this, number, mode).send(parts);
  // What is owed of a literal cannot be taken back.
  if (!sent) return die(std::move(sent).error().at(name));
  return number;
}

}  // namespace mailtool::client
