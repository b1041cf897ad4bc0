/// \file
/// Pop3SaslChannel: how POP3 carries SASL, RFC 5034.
#pragma once

#include <string>

#include "mailtool/client/pop3_client.h"
#include "mailtool/client/sasl_exchange.h"

namespace mailtool::client {

class Pop3SaslChannel : public SaslChannel {
 public:
  explicit Pop3SaslChannel(Pop3Client& client) : client_(client) {}

  [[nodiscard]] bool takes_initial_response(
      std::string_view mechanism, std::size_t base64_octets) const override;
  Result<SaslReply> start(std::string_view mechanism,
                          std::optional<std::string_view> initial) override;
  Result<SaslReply> respond(std::string_view base64) override;
  Result<void> cancel() override;

 private:
  Result<SaslReply> verdict(const pop3::Reply& reply,
                            SaslReply::Verdict when_refused) const;
  Result<SaslReply> start_in_two_steps(std::string_view mechanism,
                                       std::string_view initial,
                                       const pop3::Reply& refused);

  Pop3Client& client_;
  std::string step_;
};

}  // namespace mailtool::client
