/// \file
/// ImapMessage: a message that a client looks into, which is never held whole.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "mailtool/mime/parser.h"
#include "mailtool/serve/mailbox.h"
#include "serve/decoded_window.h"
#include "serve/octet_window.h"

namespace mailtool::serve {

/// Its file stays open, and can be read whatever becomes of the message. What
/// has been found out is kept: its structure, and where reading has come to.
class ImapMessage {
 public:
  /// Fails as Mailbox::open().
  static Result<std::unique_ptr<ImapMessage>> open(
      Mailbox& mailbox, const MailboxMessage& message);

  [[nodiscard]] std::uint32_t uid() const { return uid_; }
  /// Of all of it.
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  [[nodiscard]] OctetWindow& window() { return window_; }

  /// The fields of the message, and where its body begins: parts.front(). No
  /// more is read than that takes. All of these fail as the disk does.
  Result<const mime::Structure*> header();
  /// All of it. What header() gave is no more.
  Result<const mime::Structure*> structure();
  /// By part: line ends in the bodies of those that are text or hold a message.
  /// \pre structure()
  Result<std::vector<std::uint64_t>> lines();

  struct Decoded {
    std::uint64_t octets = 0;
    bool has_nul = false;
  };
  /// Of the body of `part` without its transfer encoding. \pre structure()
  Result<Decoded> decoded(const mime::Part& part);
  /// The body itself, until another is asked for. \pre structure()
  OctetWindow& decoded_window(const mime::Part& part);

  /// What is kept is little enough to be kept between two commands.
  [[nodiscard]] bool is_small() const;

 private:
  ImapMessage(std::uint32_t uid, std::uint64_t octets,
              std::unique_ptr<SeekableSource> source);
  enum class Known : std::uint8_t { nothing, header, all };
  [[nodiscard]] std::size_t index_of(const mime::Part& part) const {
    return static_cast<std::size_t>(&part - structure_->parts.data());
  }

  std::uint32_t uid_;
  std::uint64_t octets_;
  SourceWindow window_;
  mime::Parser parser_;
  Known known_ = Known::nothing;
  const mime::Structure* structure_ = nullptr;
  std::map<std::size_t, Decoded> decoded_;  // by part
  std::optional<DecodedWindow> decoding_;
  std::size_t decoding_part_ = 0;
};

}  // namespace mailtool::serve
