/// \file
/// SmtpChunks: a long message by BDAT, RFC 3030 section 2, and the verdict.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "client/smtp_verdict.h"

namespace mailtool::client {

/// True when a reply to BDAT says that the server does not know the command.
[[nodiscard]] bool knows_no_bdat(const smtp::Reply& reply);

class SmtpChunks {
 public:
  /// \pre the server has accepted a recipient
  SmtpChunks(SmtpClient& client, Delivery& delivery)
      : client_(client), delivery_(delivery), verdict_(client, delivery) {}

  /// Sends `message` octet for octet and, with `last`, QUIT; then settles each
  /// accepted recipient of the delivery. False when the server knows no BDAT:
  /// nobody is settled then.
  bool send(Source& message, LastMessage last);

 private:
  enum class Next : std::uint8_t { go_on, over, not_known };

  [[nodiscard]] Result<void> fill(Source& message, std::string& chunk) const;
  /// Writes one chunk; false when that failed, and all are settled.
  bool write(std::string_view chunk, bool final, bool quit);
  /// `end`: the message ends with these octets.
  bool write_part(std::string_view octets, bool end);
  /// Reads replies: all that are there, and as many more as leave `most`
  /// unanswered.
  Next take_replies(std::size_t most);
  Next refused(const smtp::Reply& reply);
  void source_failed(Error why);
  /// Reads and drops what is unanswered, as far as the connection lasts.
  void drain();

  SmtpClient& client_;
  Delivery& delivery_;
  SmtpVerdict verdict_;
  std::size_t unanswered_ = 0;  // chunks
  bool ended_ = false;          // LAST has gone
};

}  // namespace mailtool::client
