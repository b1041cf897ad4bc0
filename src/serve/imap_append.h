/// \file
/// ImapAppend: messages on their way into a mailbox, all of them or none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/serve/mailbox.h"
#include "serve/text_check.h"

namespace mailtool::serve {

/// One APPEND (RFC 9051 section 6.3.12), of several messages where RFC 3502 is
/// spoken. What comes after it was refused is swallowed.
class ImapAppend {
 public:
  static constexpr std::size_t kMessages = 100;

  /// True between the first literal and the end of the command.
  [[nodiscard]] bool under_way() const { return under_way_; }
  void begin();
  /// Forgets everything; nothing of it is kept.
  void drop();

  [[nodiscard]] const std::shared_ptr<Mailbox>& to() const { return to_; }
  void to(std::shared_ptr<Mailbox> mailbox) { to_ = std::move(mailbox); }

  /// Another message, which is a literal8 or not. `hold`: of its flags.
  void add(std::unique_ptr<Appending> message,
           std::shared_ptr<const Flags> hold, std::uint64_t octets,
           bool literal8);
  [[nodiscard]] std::size_t messages() const { return messages_.size(); }
  /// As announced, of all of them.
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  void write(std::string_view octets);
  /// The message that was added last is whole.
  void end_message();

  /// "NO …" or "BAD …", the first that was said; empty: nothing was wrong.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  void refuse(std::string why);

  /// The outcome of what was added. \pre no refusal()
  class Appended : public Pending {
   public:
    Appended(std::shared_ptr<Mailbox> to,
             std::vector<std::unique_ptr<Appending>> messages);
    /// Where one could not be kept those that were are removed again.
    std::optional<Result<void>> outcome() override;
    /// \pre outcome() has succeeded
    [[nodiscard]] std::vector<std::uint32_t> uids() const;
    [[nodiscard]] const Mailbox& to() const { return *to_; }

   private:
    std::shared_ptr<Mailbox> to_;
    std::vector<std::unique_ptr<Appending>> messages_;
  };
  /// Has all of them made durable.
  [[nodiscard]] std::shared_ptr<Appended> end();

 private:
  bool under_way_ = false;
  std::shared_ptr<Mailbox> to_;
  std::vector<std::unique_ptr<Appending>> messages_;
  std::vector<std::shared_ptr<const Flags>> holds_;
  std::uint64_t octets_ = 0;
  bool writing_ = false;
  bool literal8_ = false;
  TextCheck check_;
  std::string refusal_;
};

}  // namespace mailtool::serve
