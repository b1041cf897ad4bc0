/// \file
/// Pop3Client: one POP3 session over a Stream, RFC 1939 with pipelining.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/line_reader.h"
#include "mailtool/base/sink.h"
#include "mailtool/base/stream.h"
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
/// ahead of messages by as much as the window allows.
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

/// How far RETR runs ahead where the server pipelines. Commands are few and
/// short enough to fit into any socket buffer, so that writing them cannot
/// block while the server blocks on us.
struct Window {
  std::uint64_t octets = 4 * 1024 * 1024;  ///< of answers, by LIST sizes
  std::size_t commands = 1024;             ///< RETR and DELE are 14 octets each
};

/// A POP3 session. Steps in order: open, [capa], [start_tls], authenticate,
/// list, retrieve*, delete_and_quit or quit. Errors name their step and hold
/// no secret.
///
/// After a failure that lost synchrony (protocol, disconnected, timed_out, …)
/// usable() is false and nothing more is sent, not even QUIT: messages marked
/// as deleted stay, as RFC 1939 has it.
class Pop3Client {
 public:
  /// `stream` outlives the client. `timeout` bounds each wait for the server.
  Pop3Client(Stream& stream, std::chrono::milliseconds timeout,
             Window window = {});

  /// Reads the greeting. Fails with deferred on -ERR, with protocol when the
  /// peer speaks something else.
  Result<void> open();

  /// Asks for capabilities. A server that knows no CAPA has none.
  Result<void> capa();
  [[nodiscard]] bool offers(std::string_view capability) const {
    return capabilities_.has(capability);
  }
  [[nodiscard]] const pop3::Capabilities& capabilities() const {
    return capabilities_;
  }

  /// STLS, and CAPA again; capabilities and timestamp from before are
  /// forgotten. Fails with unsupported when the server does not offer it or
  /// refuses, with protocol when anything came along with its go-ahead, or as
  /// Stream::start_tls.
  Result<void> start_tls();

  /// Logs in by the strongest way allowed: SASL mechanisms, APOP, USER/PASS.
  /// Policy::only may name APOP and USER too. Fails with no_auth, deferred
  /// ([IN-USE], [LOGIN-DELAY], [SYS/TEMP]), untrusted, or rejected.
  Result<void> authenticate(const sasl::Credentials& credentials,
                            const sasl::Policy& policy);

  /// STAT, LIST and UIDL, in one flight where the server pipelines. Without
  /// UIDL every uid is empty. Fails with protocol on listings that make no
  /// sense.
  Result<pop3::Maildrop> list();

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

 private:
  friend class Pop3SaslChannel;

  struct Pending {
    std::uint32_t number = 0;
    std::uint64_t octets = 0;
    std::string shown;
  };

  Result<void> clear_to_send(std::string_view step);
  Result<void> send(const pop3::Command& command);
  Result<pop3::Reply> read_any_reply(std::string_view step);
  Result<pop3::Reply> read_reply(std::string_view step);
  Result<pop3::Reply> exchange(const pop3::Command& command);
  Result<void> read_lines(
      std::string_view step, std::uint64_t max_lines,
      const std::function<Result<void>(std::string_view)>& take);
  Error broken(Error error, std::string_view step);

  Result<void> login_apop(const sasl::Credentials& credentials);
  Result<void> login_user_pass(const sasl::Credentials& credentials);
  Result<void> login(const sasl::Credentials& credentials,
                     const sasl::Policy& policy);

  Result<void> read_sizes(std::uint32_t count, pop3::Maildrop& maildrop);
  Result<void> read_uids(pop3::Maildrop& maildrop);

  [[nodiscard]] bool window_open() const;
  Result<void> fill_window(MessageReceiver& receiver);
  Result<void> read_message(MessageReceiver& receiver);
  Result<void> read_content(MessageReceiver& receiver, const Pending& asked);

  Stream& stream_;
  std::chrono::milliseconds timeout_;
  Window window_;
  std::unique_ptr<LineReader> lines_;
  pop3::Capabilities capabilities_;
  std::string apop_timestamp_;   // of a greeting under the present security
  std::deque<Pending> pending_;  // commands sent and not yet answered
  std::uint64_t pending_octets_ = 0;
  std::optional<Error> local_failure_;
  bool no_more_requests_ = false;
  bool usable_ = true;
};

}  // namespace mailtool::client
