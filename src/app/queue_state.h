/// \file
/// QueueState: what the queue knows of one message, and how that is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/net/ip_address.h"
#include "mailtool/smtp/command.h"

namespace mailtool::app {

/// What has become of one recipient. Only `waiting` is tried again.
enum class QueueOutcome : std::uint8_t { waiting, sent, failed };

struct QueueRecipient {
  std::string address;
  std::string orcpt = {};  ///< as in smtp::Rcpt; empty: it is the address
  QueueOutcome outcome = QueueOutcome::waiting;
  std::int64_t next_try = 0;  ///< seconds since 1970; for waiting
  unsigned attempts = 0;
  bool reported = false;    ///< the sender was told how it ended
  bool relayed = false;     ///< sent to a server that knows no DSN
  bool delay_told = false;  ///< a notice of delay has gone to the sender
  int code = 0;             ///< of the last reply; 0: there was none
  std::string enhanced;     ///< "4.7.1"; empty: none
  std::string said;         ///< why, in one line: "…: server said: …"
  std::string host;         ///< that said it; empty: none was reached
};

/// One try of one recipient.
struct QueueAttempt {
  std::int64_t time = 0;  ///< seconds since 1970
  std::string recipient;
  std::string outcome;  ///< "accepted", "deferred"…: the words of --json
  std::string host;
  std::string said;
};

struct QueueState {
  /// Attempts beyond these are forgotten, the oldest first.
  static constexpr std::size_t kAttempts = 200;
  static constexpr std::size_t kRecipients = 100'000;

  std::int64_t queued_at = 0;   ///< seconds since 1970
  std::int64_t not_before = 0;  ///< --at, --delay; 0: at once
  std::int64_t lifetime = 0;    ///< seconds until it is given up
  bool held = false;
  bool is_report = false;  ///< a notification of ours: nobody is told of it
  unsigned reports = 0;    ///< notifications sent about it
  std::string sender;      ///< of the envelope; empty: the null sender
  std::string message_id;
  std::string subject;
  smtp::Body body = smtp::Body::seven_bit;  ///< what it needs of a server
  bool smtputf8 = false;  ///< a header field asks for it
  smtp::DsnNotify notify;
  smtp::DsnReturn ret = smtp::DsnReturn::unspecified;
  std::string envelope_id;
  std::string config;   ///< the config file that was named; empty: the default
  std::string account;  ///< empty: none
  /// It goes as the server that queued it says: by the ServedWay of the queue,
  /// whatever config, account and options are.
  bool served = false;
  std::int64_t tried_way = 0;  ///< ServedWay::since of the last try; 0: none
  /// Options of sending that were typed or set in the environment.
  std::vector<std::pair<std::string, std::string>> options;
  std::vector<QueueRecipient> recipients;
  std::vector<QueueAttempt> attempts;

  /// The earliest try that is still to come; nullopt when there is none.
  [[nodiscard]] std::optional<std::int64_t> next_try() const;
  [[nodiscard]] bool finished() const { return !next_try(); }
};

/// A domain of the server's own.
struct OwnDomain {
  std::string domain;  ///< A-labels, lower case
  net::Endpoint server = {};
  friend bool operator==(const OwnDomain&, const OwnDomain&) = default;
};

/// How what a server queues goes out. It is the same for all of it, and another
/// after a start at other ports: so it stands beside the messages, not in them.
struct ServedWay {
  /// Later ways have more: the time from which on it holds, microseconds since
  /// 1970. 0: there is no way.
  std::int64_t since = 0;
  std::vector<std::pair<std::string, std::string>> options =
      {};  ///< of sending
  /// Where reports go, which are for the server's own users: no name server
  /// need know these domains.
  std::vector<OwnDomain> own = {};
};

/// TOML, for people too: nothing in it can act on a terminal. What is UTF-8
/// comes back as it was, other octets as the text \xHH.
[[nodiscard]] std::string to_toml(const QueueState& state);
[[nodiscard]] std::string to_toml(const ServedWay& way);

/// Fails with bad_input on what to_toml() did not write: other versions, wrong
/// types, values out of range, more than kRecipients.
Result<QueueState> parse_queue_state(std::string_view text);
/// The same, and with bad_input where `since` is missing, or a server of `own`
/// is no address and port.
Result<ServedWay> parse_served_way(std::string_view text);

}  // namespace mailtool::app
