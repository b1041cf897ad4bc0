/// \file
/// Pop3Client: one POP3 session over a Stream, RFC 1939 with pipelining.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/line_reader.h"
#include "mailtool/base/sink.h"
#include "mailtool/base/stream.h"
#include "mailtool/client/pop3_memory.h"
#include "mailtool/pop3/capability.h"
#include "mailtool/pop3/command.h"
#include "mailtool/pop3/listing.h"
#include "mailtool/pop3/reply.h"
#include "mailtool/sasl/mechanism.h"

namespace mailtool::client {

/// One message to ask for.
struct MessageRequest {
  std::uint32_t number = 0;   ///< 1..
  std::uint64_t octets = 0;   ///< as LIST said; 0 when unknown
  bool headers_only = false;  ///< TOP n 0 instead of RETR n
};

/// Where retrieve() gets its work and brings the messages. Calls come in the
/// order next* (begin write* end | refused)*, message by message; requests run
/// ahead of messages by as much as the window allows. A message has its end()
/// only with the next answer, which shows that it was not cut; next() may be
/// called before that.
///
/// Whatever fails here is a local failure: no more is asked for, what is under
/// way is read and dropped, and the session stays usable.
class MessageReceiver : public Sink {
 public:
  /// What to ask for next; nullopt ends it.
  virtual std::optional<MessageRequest> next() = 0;
  /// The octets of message `number` follow, un-stuffed, by write().
  virtual Result<void> begin(std::uint32_t number) = 0;
  /// All of the message has arrived.
  virtual Result<void> end(std::uint32_t number) = 0;
  /// The server refused this one message.
  virtual Result<void> refused(std::uint32_t number, const Error& why) = 0;
};

/// What became of deletions.
struct DeleteReport {
  /// Numbers the server would not delete, and what it said to the first.
  std::vector<std::uint32_t> refused;
  Error first_refusal{ErrorKind::rejected, ""};
};

/// How far RETR runs ahead where the server pipelines. It is filled up when it
/// is half empty, so that at least half of it is under way, and holds two
/// messages whatever their size.
struct Window {
  std::uint64_t octets = 64 * 1024 * 1024;  ///< of answers, by LIST sizes
  std::size_t commands = 8192;
  /// Of commands. What the server has yet to read fits into the buffers on the
  /// way, 64 KiB at the least: writing never waits for a server that waits for
  /// us to read.
  std::size_t command_octets = 60 * 1024;
};
/// Where pipelining is not announced but was found to work: what a server may
/// read in one piece, and forget the rest of, is 512 octets (RFC 2449 section
/// 4 has lines of 255).
inline constexpr std::size_t kUnannouncedCommands = 32;

/// A POP3 session. Steps in order: [recall], open, [capa], [start_tls],
/// authenticate, list, retrieve*, delete_and_quit or quit. Errors name their
/// step and hold no secret.
///
/// After a failure that lost synchrony (protocol, disconnected, timed_out, …)
/// usable() is false and nothing more is sent, not even QUIT: messages marked
/// as deleted stay, as RFC 1939 has it.
class Pop3Client {
 public:
  /// `stream` outlives the client. `timeout` bounds each wait for the server.
  Pop3Client(Stream& stream, std::chrono::milliseconds timeout,
             Window window = {});

  /// What an earlier session learnt of this server: no CAPA is waited for,
  /// unless the server answers otherwise than it should; it is asked again
  /// along with list(), where there are messages. Before open().
  void recall(ServerMemory memory) { remembered_ = std::move(memory); }
  /// What the next session should recall. Worth keeping after list(), and
  /// after a failure with must_reconnect(); forget it after any other one.
  [[nodiscard]] ServerMemory memory() const;
  /// True when the session had to be given up because the server cannot take
  /// the form of the dialogue that was tried: it did not answer a second
  /// command, or closed on an initial response. memory() says so, and a new
  /// connection with it gets further. Can be true once a memory.
  [[nodiscard]] bool must_reconnect() const noexcept { return reconnect_; }

  /// The language that the server's texts are wanted in, as a tag of RFC 5646
  /// ("de-AT"); empty: its own choice. Asked for where LANG is offered
  /// (RFC 6856); a server that has it not does as it likes. Before
  /// authenticate().
  void set_language(std::string tag) { language_ = std::move(tag); }

  /// Reads the greeting. Fails with deferred on -ERR, with protocol when the
  /// peer speaks something else.
  Result<void> open();
  /// The text of the greeting, without "+OK "; as it came: printable() it.
  [[nodiscard]] const std::string& greeting() const { return greeting_; }

  /// Asks for capabilities. A server that knows no CAPA has none. Without it,
  /// authenticate() asks when it must know.
  Result<void> capa();
  /// Of the latest answer, or remembered.
  [[nodiscard]] bool offers(std::string_view capability) const {
    return capabilities_.has(capability);
  }
  [[nodiscard]] const pop3::Capabilities& capabilities() const {
    return capabilities_;
  }
  /// True when many commands may be under way: announced, or found by trial.
  [[nodiscard]] bool pipelines() const {
    return offers("PIPELINING") || pipelines_ == Finding::yes;
  }
  /// True when pipelines() rests on a trial alone.
  [[nodiscard]] bool pipelines_unannounced() const {
    return !offers("PIPELINING") && pipelines_ == Finding::yes;
  }
  /// False when the server says what it can, and TOP is not among it. TOP may
  /// fail all the same; that fails one message.
  [[nodiscard]] bool may_know_top() const {
    return capabilities_.empty() || offers("TOP");
  }
  /// The greeting of Gmail ("Gpop"): a message is not shown again once RETR
  /// has sent it, whether or not it arrived.
  [[nodiscard]] bool hides_what_was_retrieved() const;

  /// STLS; capabilities and timestamp from before are forgotten. Fails with
  /// unsupported when the server does not offer it or refuses, with protocol
  /// when anything came along with its go-ahead, or as Stream::start_tls.
  /// Where capa() was not asked, STLS is sent untold.
  Result<void> start_tls();

  /// Logs in by the strongest way allowed: SASL mechanisms, APOP, USER/PASS.
  /// Policy::only may name APOP and USER too. Sends UTF8 and LANG first where
  /// they are offered. Fails with no_auth, deferred ([IN-USE], [LOGIN-DELAY],
  /// [SYS/TEMP]), untrusted, or rejected.
  Result<void> authenticate(const sasl::Credentials& credentials,
                            const sasl::Policy& policy);

  /// STAT, LIST and UIDL, in one flight where the server pipelines; whether it
  /// does is tried out where it does not say so and there is something to gain
  /// (see must_reconnect). Listings that disagree are joined: see
  /// pop3::Maildrop. Fails with protocol where they make no sense at all.
  Result<pop3::Maildrop> list();

  /// For servers where less must be at stake. Not while retrieve() runs.
  void set_window(Window window) { window_ = window; }

  /// Brings all that `receiver` asks for. A message the server refuses is
  /// told to the receiver and stops nothing. Fails as the receiver does (then
  /// usable() holds), or when the session broke (then it does not, and the
  /// message under way got no end()).
  Result<void> retrieve(MessageReceiver& receiver);

  /// DELE of each and QUIT, in one flight where the server pipelines. Only
  /// when this returns a report has the server removed what it does not name.
  /// On failure it may have removed all, some or none.
  Result<DeleteReport> delete_and_quit(
      const std::vector<std::uint32_t>& numbers);

  /// QUIT without deletions. Fails with deferred on -ERR.
  Result<void> quit();

  [[nodiscard]] bool usable() const noexcept { return usable_; }
  /// The message that has arrived whole as it seems, where retrieve() failed
  /// before the answer that would have confirmed it; 0: none.
  [[nodiscard]] std::uint32_t unconfirmed() const noexcept {
    return unconfirmed_;
  }

 private:
  friend class Pop3SaslChannel;

  struct Pending {
    std::uint32_t number = 0;
    std::uint64_t octets = 0;  // as the window counts them
    std::uint64_t listed = 0;  // as LIST said; 0 when unknown
    bool headers_only = false;
    std::size_t command_octets = 0;
    std::string shown;
  };
  using Commands = std::initializer_list<const pop3::Command*>;

  Result<void> clear_to_send(std::string_view step);
  Result<void> send(Commands commands);
  Result<void> send(const pop3::Command& command) { return send({&command}); }
  Result<pop3::Reply> read_line_as_reply(std::string_view step);
  [[nodiscard]] bool shows_secret(std::string_view line) const;
  Result<pop3::Reply> read_any_reply(std::string_view step);
  Result<pop3::Reply> read_reply(std::string_view step);
  Result<pop3::Reply> exchange(const pop3::Command& command);
  Result<pop3::Reply> exchange_any(const pop3::Command& command,
                                   std::string_view step);
  Result<void> read_lines(
      std::string_view step, std::uint64_t max_lines,
      const std::function<Result<void>(std::string_view)>& take);
  Error broken(Error error, std::string_view step);

  Result<void> read_capabilities(pop3::Capabilities& into, bool& known);
  Result<void> know_capabilities(bool tls);
  Result<void> speak_utf8_and_language();
  Result<void> login_apop(const sasl::Credentials& credentials);
  Result<void> login_user_pass(const sasl::Credentials& credentials);
  Result<void> login(const sasl::Credentials& credentials,
                     const sasl::Policy& policy);
  [[nodiscard]] bool utf8_users() const;
  [[nodiscard]] bool was_misremembered(const Error& error);

  [[nodiscard]] bool wants_capa() const;
  [[nodiscard]] bool asks_capa() const;
  [[nodiscard]] bool depends_on_user() const;
  Result<void> read_capa_after_login();
  Result<void> try_pipelining();
  Result<std::uint32_t> read_count();
  template <class Parse, class Take>
  Result<void> read_listing(const pop3::Command& command, std::uint32_t count,
                            pop3::Maildrop& maildrop,
                            std::optional<Error>& refused, Parse parse,
                            Take take);
  Result<void> read_listings(std::uint32_t count, pop3::Maildrop& maildrop,
                             bool one_by_one);
  Result<void> list_step_by_step(pop3::Maildrop& maildrop);
  Result<void> list_in_one_flight(pop3::Maildrop& maildrop);

  [[nodiscard]] std::size_t most_commands(std::size_t wanted) const;
  [[nodiscard]] bool window_open() const;
  [[nodiscard]] bool window_full() const;
  [[nodiscard]] bool commands_full() const;
  Result<void> fill_window(MessageReceiver& receiver);
  Result<void> read_message(MessageReceiver& receiver);
  [[nodiscard]] std::uint64_t most_octets(const Pending& asked) const;
  Result<std::uint64_t> read_content(MessageReceiver& receiver,
                                     const Pending& asked);
  void end_message(MessageReceiver& receiver, std::uint32_t number);
  void confirm(MessageReceiver& receiver);
  Result<void> confirm_last(MessageReceiver& receiver);
  [[nodiscard]] bool counts_as_before(const pop3::Reply& reply) const;
  Result<void> send_removals(const std::vector<std::uint32_t>& numbers,
                             std::size_t& sent, std::size_t count);

  Stream& stream_;
  std::chrono::milliseconds timeout_;
  Window window_;
  std::unique_ptr<LineReader> lines_;
  bool lf_only_ = true;  // no status line has ended in CRLF

  std::optional<ServerMemory> remembered_;
  pop3::Capabilities capabilities_;
  bool asked_ = false;     // capabilities_ hold under the present security
  bool recalled_ = false;  // they are those of an earlier session
  pop3::Capabilities before_login_;
  std::optional<pop3::Capabilities> after_login_;
  Finding pipelines_ = Finding::unknown;            // by trial
  bool tls_ = false;                                // at the login
  const sasl::Credentials* credentials_ = nullptr;  // while logging in
  bool no_initial_response_ = false;
  bool reconnect_ = false;

  std::string language_;
  std::string greeting_;
  std::string apop_timestamp_;     // of a greeting under the present security
  std::string prelude_;            // goes with the next command
  std::deque<std::string> ahead_;  // commands whose answers come before others

  std::deque<Pending> pending_;  // RETR and TOP sent and not yet answered
  std::uint64_t pending_octets_ = 0;
  std::size_t pending_command_octets_ = 0;
  std::uint32_t unconfirmed_ = 0;         // arrived, no answer since; 0: none
  bool last_is_exact_ = false;            // its size is as LIST said
  std::optional<std::uint32_t> counted_;  // by STAT
  bool sizes_lie_ = false;                // of LIST
  std::optional<Error> local_failure_;
  bool no_more_requests_ = false;
  bool usable_ = true;
};

}  // namespace mailtool::client
