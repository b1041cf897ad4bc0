/// \file
/// ImapDialogue: tags, literals and pipelining; what lies between one command
/// of ImapClient and the octets of a Stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "mailtool/base/line_reader.h"
#include "mailtool/base/secret.h"
#include "mailtool/base/sink.h"
#include "mailtool/base/stream.h"
#include "mailtool/imap/command.h"
#include "mailtool/imap/response.h"

namespace mailtool::client {

/// Limits on what a server may say, beside those of imap::FramerLimits.
struct ImapLimits {
  std::chrono::milliseconds timeout{60'000};  ///< longest silence
  /// What one command may bring that nobody asked for: octets and responses.
  std::uint64_t unsolicited_octets = 16 * 1024 * 1024;
  std::uint64_t unsolicited_responses = 100'000;
  /// Commands sent and not yet answered, in octets: small enough for the
  /// buffers of any server, so that neither side waits for the other.
  std::size_t outstanding_octets = 16 * 1024;
};

/// Takes the data that one command asked for.
class ImapHandler {
 public:
  virtual ~ImapHandler() = default;
  /// True when `data` was part of the answer, false when it is unsolicited. An
  /// Error ends the session.
  virtual Result<bool> on_data(imap::Response& data) = 0;
  /// Each response while the command is the oldest, its completion too, before
  /// it is read as one. An Error ends the session.
  virtual Result<void> on_framed(const imap::FramedResponse& framed) {
    (void)framed;
    return {};
  }
  /// A literal begins; `before` is the response up to it, the literal named
  /// last. Where to stream it to; null to hold it in memory.
  virtual Sink* on_literal(const imap::FramedResponse& before) {
    (void)before;
    return nullptr;
  }
  /// An untagged status response while this is the oldest command.
  virtual void on_status(const imap::StatusResponse& status) { (void)status; }
};

/// Takes data that no command asked for: EXISTS, EXPUNGE, FLAGS, CAPABILITY…
class ImapObserver {
 public:
  virtual ~ImapObserver() = default;
  virtual void on_unsolicited(const imap::Response& data) = 0;
  /// Every status response, tagged or not, for the sake of its code.
  virtual void on_status(const imap::StatusResponse& status) = 0;
};

/// Words of a command, and behind them a literal that is never held whole.
struct StreamedLiteral {
  imap::Command words;
  std::uint64_t octets = 0;
  /// Writes the literal, exactly `octets` of it.
  std::function<Result<void>(Sink&)> write;
  bool utf8 = false;  ///< as "UTF8 (~{n}…)" (RFC 6855 section 4)
};

/// Sends commands and takes their answers in the order they were sent. Data
/// goes to the oldest command that is not yet completed, an ESEARCH that names
/// its command to that one. After any Error the session is dead.
class ImapDialogue {
 public:
  /// Both outlive the dialogue.
  ImapDialogue(Stream& stream, ImapObserver& observer, ImapLimits limits = {});
  ImapDialogue(const ImapDialogue&) = delete;
  ImapDialogue& operator=(const ImapDialogue&) = delete;

  /// The greeting: OK, PREAUTH or BYE. Fails with protocol on anything else.
  Result<imap::StatusResponse> greeting();

  /// Sends `command` without waiting for its answer, unless a literal needs a
  /// "+", or too much is outstanding. Returns its ticket. `handler` lives until
  /// the ticket was awaited; null where no data is asked for. `shown`, when not
  /// empty, stands for a command that holds a secret: "LOGIN bob ****".
  Result<std::uint32_t> send(const imap::Command& command, ImapHandler* handler,
                             imap::LiteralMode mode,
                             std::string_view shown = {});

  /// As send(), for a command that is made of `parts` one after the other. A
  /// literal that cannot be written whole ends the session. Its octets do not
  /// count as outstanding: a server reads them while it answers.
  Result<std::uint32_t> send_streamed(std::string_view name,
                                      std::span<const StreamedLiteral> parts,
                                      imap::LiteralMode mode);

  /// The completion of the command: OK, NO or BAD; commands sent before it are
  /// completed first, their completions kept until they are awaited.
  Result<imap::StatusResponse> await(std::uint32_t ticket);

  /// A command with a dialogue of its own, such as AUTHENTICATE: one line, of
  /// which `shown` stands for the octets in logs.
  Result<std::uint32_t> send_line(std::string_view octets,
                                  std::string_view shown);
  /// The next continuation or the completion, whichever comes.
  struct Turn {
    bool continues;
    std::string challenge;            ///< of a continuation
    imap::StatusResponse completion;  ///< else
  };
  Result<Turn> next_turn(std::uint32_t ticket);
  /// A line within such a dialogue: no tag.
  Result<void> send_response(std::string_view octets, std::string_view shown);

  /// One response, dealt with, if any comes within `wait`; the rest of one that
  /// has begun has the time of every other. False when nothing came. After
  /// interrupted a command may still be sent.
  Result<bool> read_within(std::chrono::milliseconds wait);
  /// True once the command was answered; await() would not wait.
  [[nodiscard]] bool completed(std::uint32_t ticket);

  /// TLS, after STARTTLS was accepted. Fails with protocol when plain text
  /// came along with the acceptance (cf. RFC 9051 section 6.2.1).
  Result<void> start_tls();

  /// True when another command may be sent and no earlier one is left
  /// unanswered. Deals with what has come meanwhile, without waiting for more.
  [[nodiscard]] bool settled();

  [[nodiscard]] Stream& stream() { return stream_; }

  /// How the server writes mailboxes from now on.
  void set_names(imap::NameEncoding names) { names_ = names; }
  [[nodiscard]] imap::NameEncoding names() const { return names_; }

 private:
  struct InFlight {
    std::uint32_t number;
    std::string name;
    ImapHandler* handler;
    std::size_t octets;
    std::optional<imap::StatusResponse> completion;
  };

  /// Ends the session: no handler is called again, all that follows fails.
  Error die(Error error);
  [[nodiscard]] InFlight* oldest();
  [[nodiscard]] InFlight* find(std::uint32_t number);
  [[nodiscard]] InFlight* asker(const imap::Response& data);
  std::uint32_t enlist(std::string_view name, ImapHandler* handler,
                       std::size_t octets);
  imap::StatusResponse retire(std::uint32_t number);
  /// Deals with what has come while no command is in flight.
  Result<void> drain();
  Result<void> make_room(std::size_t octets);
  Result<imap::FramedResponse> read_framed();
  /// What was read ahead, else read_framed().
  Result<imap::FramedResponse> next_framed();
  /// Appends to a FETCH that is unfinished the lines that are its rest. False
  /// when there is none.
  Result<bool> join_broken_lines(imap::FramedResponse& fetch);
  Result<void> take_step(const imap::ResponseFramer::Step& step, Sink*& sink);
  Result<imap::Response> read_response(std::size_t& octets);
  /// One response; a continuation is returned, all else is dealt with.
  Result<std::optional<imap::Continuation>> read_and_dispatch();
  Result<void> dispatch_status(imap::StatusResponse&& status,
                               std::size_t octets);
  Result<void> dispatch_data(imap::Response&& data, std::size_t octets);
  Result<void> charge(std::size_t octets);
  /// True for "+", false when the command was completed instead.
  Result<bool> await_continuation(std::uint32_t number);
  class StreamedSend;

  Stream& stream_;
  ImapObserver& observer_;
  ImapLimits limits_;
  std::unique_ptr<LineReader> reader_;
  imap::ResponseFramer framer_;
  imap::NameEncoding names_ = imap::NameEncoding::modified_utf7;
  std::deque<InFlight> in_flight_;
  std::uint32_t next_number_ = 1;
  std::size_t outstanding_ = 0;
  std::uint64_t unsolicited_octets_ = 0;
  std::uint64_t unsolicited_responses_ = 0;
  /// Of the FETCH read last, in case its line was broken; else nothing.
  std::optional<std::uint32_t> last_fetch_;
  std::optional<imap::FramedResponse> read_ahead_;
  std::string complaint_;  // untagged NO or BAD within a command; printable
  std::optional<Error> dead_;
};

}  // namespace mailtool::client
