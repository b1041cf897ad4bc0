/// \file
/// SmtpClient: one dialogue with an SMTP, submission or LMTP server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/line_reader.h"
#include "mailtool/base/result.h"
#include "mailtool/base/stream.h"
#include "mailtool/client/smtp_delivery.h"
#include "mailtool/sasl/mechanism.h"
#include "mailtool/smtp/capability.h"
#include "mailtool/smtp/command.h"
#include "mailtool/smtp/reply.h"

namespace mailtool::client {

struct SmtpOptions {
  std::string host_name;  ///< for EHLO: our domain, or "[192.0.2.1]"
  bool lmtp = false;      ///< RFC 2033: LHLO, a reply a recipient
  bool chunking = true;   ///< BDAT where it is offered (RFC 3030)
  /// Longest wait for a reply, and for a block of the body to be taken.
  std::chrono::milliseconds timeout{60'000};
  /// The same once the whole message has gone, RFC 5321 4.5.3.2.6.
  std::chrono::milliseconds final_timeout{600'000};
};

/// Linear: open(), perhaps start_tls() and authenticate(), send() as often as
/// there are messages, quit(). After an Error of open, start_tls or
/// authenticate the only call left is quit(), which knows whether it may speak.
class SmtpClient {
 public:
  /// `stream` is connected, with implicit TLS already negotiated, and outlives
  /// the client.
  SmtpClient(Stream& stream, SmtpOptions options);
  SmtpClient(const SmtpClient&) = delete;
  SmtpClient& operator=(const SmtpClient&) = delete;

  /// Takes the greeting and says EHLO, or HELO where the server knows no EHLO.
  /// Fails with disconnected or deferred (421), rejected (554), timed_out, or
  /// protocol when this is no SMTP server (HTTP, IMAP, POP3 and TLS are named).
  Result<void> open();

  /// What the server offers now: forgotten and asked again by start_tls().
  [[nodiscard]] const smtp::Capabilities& capabilities() const {
    return capabilities_;
  }

  /// STARTTLS, the handshake, and EHLO again (RFC 3207). Fails with unsupported
  /// (not offered, or 5yz), deferred (454), protocol (octets in clear text
  /// behind the 220), or as Stream::start_tls.
  Result<void> start_tls();

  /// AUTH with the strongest mechanism that both sides can, then the next
  /// (RFC 4954). Fails with no_auth, untrusted, deferred (454, 432), protocol.
  Result<void> authenticate(const sasl::Credentials& credentials,
                            const sasl::Policy& policy);

  /// The same with mechanisms chosen already, tried in order.
  Result<void> authenticate(
      const std::vector<std::unique_ptr<sasl::Mechanism>>& mechanisms);

  /// One transaction. Never an Error: what became of each recipient is the
  /// answer. `forms` is asked before anything is sent, for the message in the
  /// richest form that this server takes; and once more only where a server
  /// that offered CHUNKING turns out not to know BDAT. With `last`, QUIT goes
  /// along with the message where it can.
  Delivery send(const Envelope& envelope, const MessageForms& forms,
                LastMessage last = LastMessage::no);

  /// True while another send() is worth a try: the connection is up, QUIT was
  /// not sent, and the server takes more messages (LIMITS MAILMAX, RFC 9422).
  [[nodiscard]] bool takes_more() const;

  /// RSET, to learn whether an idle connection is still good; ends what the
  /// last send() left half done. Fails as a reply does: disconnected, deferred,
  /// rejected, protocol.
  Result<void> reset();

  /// NOOP, to keep a connection from being closed for idleness. Fails as reset.
  Result<void> noop();

  /// Says QUIT if the connection is fit for it and waits for 221, 5 s at most.
  /// Nothing depends on it, so nothing is returned.
  void quit();

  /// The server's greeting, and who it says it is.
  [[nodiscard]] const smtp::Reply& greeting() const { return greeting_; }

 private:
  friend class SmtpTransaction;  // smtp_transaction.h: one send()
  friend class SmtpBody;         // smtp_body.h: what follows DATA
  friend class SmtpChunks;       // smtp_chunks.h: the message by BDAT
  friend class SmtpVerdict;      // smtp_verdict.h: the replies to the message
  friend class SmtpSaslChannel;  // smtp_auth.cc

  Result<void> hello();
  Result<smtp::Reply> say_hello(const std::string& verb);
  Result<void> read_greeting();
  void forget_chunking();
  /// Writes whole commands, once clear_to_send(). `shown`, where not empty,
  /// stands for them in logs.
  Result<void> write(std::string_view octets, std::string_view shown = {});
  Result<void> write_now(std::string_view octets, std::string_view shown = {});
  /// Fails unless the server has answered all, and said nothing else.
  Result<void> clear_to_send();
  /// True when the server has spoken, as far as one can tell without waiting.
  [[nodiscard]] bool server_has_spoken();
  Result<smtp::Reply> read_reply(std::chrono::milliseconds budget);
  Result<smtp::Reply> exchange(const smtp::Command& command);
  /// Notes that nothing more can be said here.
  Error broken(Error why);

  Stream& stream_;
  SmtpOptions options_;
  std::optional<LineReader> lines_;
  smtp::ReplyParser parser_;
  smtp::Reply greeting_;
  smtp::Capabilities capabilities_;
  bool alive_ = true;        // a command may still be sent
  bool needs_reset_ = false;  // a transaction was left half done
  bool in_doubt_ = false;  // the message may have been taken for commands
  std::uint64_t messages_ = 0;  // MAIL commands answered
  bool quit_sent_ = false;
};

}  // namespace mailtool::client
