/// \file
/// MessageContent: a finished message in each form that a server may need.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "mailtool/client/smtp_delivery.h"
#include "mailtool/mime/transcode.h"
#include "mailtool/smtp/command.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// What a message in this form asks of a server.
[[nodiscard]] smtp::Body body_of(mime::MessageForm form);

/// The message as it was made, and, for a server that takes no octets above
/// 127, with its parts encoded. Any thread may ask for any form.
class MessageContent {
 public:
  /// Opens the message from its start.
  using Open = std::function<std::unique_ptr<Source>()>;

  /// `open` gives a whole message of `octets` with CRLF line ends; `needs` is
  /// what it asks of a server as it stands.
  MessageContent(Open open, std::uint64_t octets, smtp::Body needs)
      : open_(std::move(open)), octets_(octets), needs_(needs) {}
  /// The same for what `spool` holds.
  MessageContent(std::unique_ptr<store::Spool> spool, smtp::Body needs);

  [[nodiscard]] smtp::Body needs() const { return needs_; }
  /// Octets of the message as it was made, with what was put in front.
  [[nodiscard]] std::uint64_t size() const {
    return front_.size() + octets_;
  }
  /// The message as it was made.
  [[nodiscard]] std::unique_ptr<Source> source() const;

  /// Makes it 7 bit now, so that no server needs another form (RFC 6376
  /// section 5.3). A message that must not change stays as it is. Fails with
  /// local_io.
  Result<void> settle();
  /// Puts whole header fields in front. From now on no form but this one.
  void sign(std::string fields);

  /// See client::MessageForms. Fails with bad_input where the message is signed
  /// and may not be changed, or has a header field that cannot be encoded, and with local_io.
  Result<client::MessageText> text(smtp::Body most) const;

 private:
  struct Form {
    std::unique_ptr<store::Spool> spool;
    smtp::Body body = smtp::Body::seven_bit;  // what it needs
    std::string raw_field;  // the first that still has octets above 127
  };
  [[nodiscard]] Result<Form> encoded(smtp::Body most) const;

  void take(std::unique_ptr<store::Spool> spool);

  Open open_;
  std::uint64_t octets_ = 0;
  smtp::Body needs_;
  std::string front_;
  mutable std::mutex mutex_;  // of what follows
  mutable Form seven_bit_;
  mutable Form eight_bit_;
};

}  // namespace mailtool::app
