/// \file
/// SendSession: a server that is ready for MAIL, and the messages sent to it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/connect.h"
#include "app/send_message.h"
#include "app/send_progress.h"
#include "app/send_report.h"
#include "mailtool/client/smtp_client.h"

namespace mailtool::app {

/// How a session is brought up.
struct SessionPlan {
  bool lmtp = false;
  TlsMode tls = TlsMode::required;
  /// STARTTLS comes after the greeting; false with implicit TLS or a socket.
  bool upgrade = true;
  const ServerUrl* login = nullptr;  ///< authenticate for this URL; null: not
  /// BDAT where it is offered. With it a message may be on its way before the
  /// first reply: a connection that breaks leaves more in doubt.
  bool chunking = true;
  SendProgress* progress = nullptr;  ///< told of what is sent; null: nobody
};

class SendSession {
 public:
  /// Greets, upgrades and logs in. Fails as SmtpClient does.
  static Result<std::unique_ptr<SendSession>> start(Connector& connector,
                                                    Connection connection,
                                                    const SessionPlan& plan,
                                                    std::string host);

  /// Sends `message` to those of `results` that `chosen` names, by index, and
  /// records what became of each. Recipients that the server finds too many
  /// for one transaction follow in others; those for whom the connection did
  /// not last are returned, and may be sent to over another one at once. With
  /// `last`, QUIT may go along with the message.
  std::vector<std::size_t> send(
      const OutgoingMessage& message, std::vector<RecipientResult>& results,
      std::vector<std::size_t> chosen,
      client::LastMessage last = client::LastMessage::no);

  /// RSET: false when a session that lay idle is of no more use.
  [[nodiscard]] bool still_answers();

  /// Records that `chosen` would be sent here.
  void plan(std::vector<RecipientResult>& results,
            const std::vector<std::size_t>& chosen) const;

  void quit() { client_.quit(); }

  /// False once the connection is of no more use.
  [[nodiscard]] bool usable() const { return usable_; }
  /// Whether another message may be sent here.
  [[nodiscard]] bool takes_more() const { return usable_; }
  /// It offered BDAT and does not know it: the next session is to do without.
  [[nodiscard]] bool chunking_broken() const { return chunking_broken_; }
  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] std::string tls_version() const;
  [[nodiscard]] const std::string& peer() const { return connection_.peer; }

 private:
  SendSession(Connector& connector, Connection connection,
              const SessionPlan& plan, std::string host);
  Result<void> bring_up(Connector& connector, const SessionPlan& plan);
  client::Delivery transact(const OutgoingMessage& message,
                            const std::vector<RecipientResult>& results,
                            const std::vector<std::size_t>& chosen,
                            client::LastMessage last);
  void record(const client::RecipientReport& report, RecipientResult& result);
  static std::vector<std::size_t> undecided(
      const std::vector<std::size_t>& chosen,
      const std::vector<RecipientResult>& results);

  Connection connection_;
  client::SmtpClient client_;
  std::string host_;
  SendProgress* progress_;
  bool usable_ = true;
  bool chunking_broken_ = false;
};

}  // namespace mailtool::app
