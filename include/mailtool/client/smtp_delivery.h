/// \file
/// What SmtpClient::send takes, and what it reports for each recipient.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/base/sink.h"
#include "mailtool/smtp/command.h"
#include "mailtool/smtp/reply.h"

namespace mailtool::client {

struct EnvelopeRecipient {
  std::string address;  ///< "bob@example.org", without angle brackets
  smtp::DsnNotify notify;
  std::string orcpt;  ///< original recipient, "rfc822;…" or "utf-8;…", or none
};

/// Who a message is from and for, and what it needs of a server.
struct Envelope {
  std::string sender;  ///< reverse path; empty: the null sender
  std::vector<EnvelopeRecipient> recipients;
  bool utf8_headers = false;  ///< the message itself needs SMTPUTF8
  smtp::DsnReturn dsn_return = smtp::DsnReturn::unspecified;
  std::string envelope_id;  ///< DSN ENVID; empty: none
};

/// A message in one form, with CRLF line ends.
struct MessageText {
  std::unique_ptr<Source> source;  ///< the message from its start
  std::uint64_t octets = 0;        ///< all that the source will yield
  /// What it needs of the server: seven_bit, eight_bit_mime or binary_mime.
  smtp::Body body = smtp::Body::seven_bit;
};

/// Gives the message in the richest form it can have that needs no more of the
/// server than `most`. An Error where there is none, as for a signed message
/// with octets above 127 and a server without 8BITMIME.
using MessageForms = std::function<Result<MessageText>(smtp::Body most)>;

enum class LastMessage : bool { no, yes };

enum class Outcome : std::uint8_t {
  accepted,  ///< the server answers for it now
  refused,   ///< for good
  deferred,  ///< not now; another try may do, here or at another server
  unknown,   ///< lost after the message had gone: perhaps delivered
};

/// "accepted", "refused", "deferred", "unknown".
[[nodiscard]] std::string_view name_of(Outcome outcome);

/// What became of one recipient.
struct RecipientReport {
  std::string address;
  Outcome outcome = Outcome::deferred;
  std::optional<Error> error;  ///< why, unless accepted; maps to the status
  std::optional<smtp::Reply> reply;  ///< the one that decided, if any
  /// The server takes no more recipients in this transaction (452, LIMITS), or
  /// the address needs SMTPUTF8 and others do not: those left may be sent in
  /// another, at once (see takes_more()).
  bool too_many_recipients = false;
};

/// What became of one message.
struct Delivery {
  std::vector<RecipientReport> recipients;  ///< in the order of the envelope
  /// To the whole message; the first of LMTP.
  std::optional<smtp::Reply> final_reply;
  /// Set when the connection is of no more use; quit() then says nothing.
  std::optional<Error> connection_lost;
  /// DSN was asked for, and the server offers none: nothing was promised.
  bool dsn_ignored = false;
  /// The server offers CHUNKING and knows no BDAT. Where the connection still
  /// took commands the message went by DATA; else recipients are deferred with
  /// a protocol error, and can be sent to over another connection with
  /// SmtpOptions::chunking off.
  bool chunking_broken = false;

  [[nodiscard]] bool all_accepted() const;
};

}  // namespace mailtool::client
