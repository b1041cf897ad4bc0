/// \file
/// LmtpDestination: each message to one recipient of an LMTP server (RFC 2033).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/connect.h"
#include "app/fetch_destination.h"
#include "mailtool/client/smtp_client.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// What a message asks of a server that is to take it unchanged. Fed with the
/// octets as they came, in any split.
class TransportNeeds {
 public:
  void update(std::string_view octets);
  /// binary_mime: a line end that is not CRLF, NUL, or a line of more than 998
  /// octets; else eight_bit_mime: an octet above 127.
  [[nodiscard]] smtp::Body body() const;
  /// The same where lines may be of any length and hold any octet.
  [[nodiscard]] smtp::Body body_of_lines() const {
    return eight_bit_ ? smtp::Body::eight_bit_mime : smtp::Body::seven_bit;
  }
  /// True when only a binary transport carries it: a CR stands alone. Elsewhere
  /// a bare LF goes as CRLF, which is LF again where it is stored.
  [[nodiscard]] bool bare_cr() const { return crs_ != crlfs_; }

 private:
  std::uint64_t crs_ = 0;
  std::uint64_t crlfs_ = 0;
  std::uint64_t line_ = 0;  // octets of the last one
  bool binary_ = false;
  bool eight_bit_ = false;
  bool after_cr_ = false;
};

/// One connection for the run, opened for the first message, and again where it
/// was lost. With the null sender, the octets as they came: by BDAT where the
/// server offers BINARYMIME and the message needs it. 4yz, and a connection
/// that is lost, is later, and where the message had gone the last of the
/// run; 5yz, and a message that the server cannot take
/// unchanged, is kept and counts. TLS is required, as --tls says, unless the
/// server is on this machine.
class LmtpDestination : public Destination {
 public:
  LmtpDestination(const DestinationName& name,
                  const DestinationContext& context)
      : server_(name.server),
        recipient_(name.recipient),
        connector_(*context.connector),
        spool_(context.state_folder) {}
  ~LmtpDestination() override;

  Result<void> begin(std::string_view uid) override;
  Result<void> write(std::string_view octets) override;
  void discard() noexcept override {}
  Result<void> end(const store::DeliveryKey& key) override;
  [[nodiscard]] bool due() const override { return !answers_.empty(); }
  void seal() override {}
  std::vector<Delivery> settle() override;
  [[nodiscard]] bool keeps_crlf() const override { return true; }

 private:
  struct Session {
    Connection connection;
    client::SmtpClient client;
    Session(Connection opened, client::SmtpOptions options)
        : connection(std::move(opened)),
          client(*connection.stream, std::move(options)) {}
  };

  Result<void> connect();
  Result<void> upgrade();
  void hang_up();
  Result<client::MessageText> text(smtp::Body most) const;
  client::Delivery send();
  Delivery answer(const client::RecipientReport& report) const;

  ServerUrl server_;
  std::string recipient_;
  Connector& connector_;
  store::Spool spool_;
  TransportNeeds needs_;
  bool chunking_ = true;
  std::unique_ptr<Session> session_;
  std::vector<Delivery> answers_;
};

}  // namespace mailtool::app
