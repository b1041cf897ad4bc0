/// \file
/// SmtpChunks: a long message by BDAT, RFC 3030 section 2, and the verdict.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "client/smtp_verdict.h"
#include "mailtool/smtp/data_stuffing.h"

namespace mailtool::client {

/// True when a reply to BDAT says that the server does not know the command.
[[nodiscard]] bool knows_no_bdat(const smtp::Reply& reply);

/// The commands that went ahead of the message and are not answered yet.
struct EnvelopeUnderWay {
  std::size_t replies = 0;  ///< still to come
  /// Takes one; false when nobody is left to send to.
  std::function<bool(const smtp::Reply&)> take;
  /// Whether QUIT may go along now.
  std::function<LastMessage()> last;
};

class SmtpChunks {
 public:
  SmtpChunks(SmtpClient& client, Delivery& delivery, EnvelopeUnderWay envelope)
      : client_(client),
        delivery_(delivery),
        verdict_(client, delivery),
        envelope_(std::move(envelope)) {}

  /// Sends `message`, and takes the replies to the envelope on the way; then
  /// settles each accepted recipient of the delivery. A binary message goes
  /// octet for octet. False when the server knows no BDAT: nobody who was
  /// accepted is settled then.
  bool send(Source& message, smtp::Body body);

 private:
  enum class Next : std::uint8_t { go_on, over, not_known };

  [[nodiscard]] Result<void> fill(Source& message, std::string& chunk);
  /// Writes one chunk; false when that failed, and all are settled.
  bool write(std::string_view chunk, bool final);
  /// `end`: the message ends with these octets.
  bool write_part(std::string_view octets, bool end);
  /// Reads replies: all that are there, and more while `must` says so.
  Next take_replies();
  [[nodiscard]] bool must_read() const;
  Next take_reply(const smtp::Reply& reply);
  Next refused(const smtp::Reply& reply);
  void source_failed(Error why);
  /// Reads and drops the replies to chunks, as far as the connection lasts.
  void drain();

  SmtpClient& client_;
  Delivery& delivery_;
  SmtpVerdict verdict_;
  EnvelopeUnderWay envelope_;
  smtp::DataStuffer lines_{{.dots = false}};
  bool binary_ = false;
  bool at_end_ = false;  // of the source
  std::string block_;
  std::size_t ahead_ = 0;       // octets sent before the envelope was answered
  std::size_t unanswered_ = 0;  // chunks
  bool ended_ = false;          // LAST has gone
};

}  // namespace mailtool::client
