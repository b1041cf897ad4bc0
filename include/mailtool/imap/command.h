/// \file
/// Command: what a client sends, as text and literals (RFC 9051 section 9).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/imap/mailbox_name.h"
#include "mailtool/imap/sequence_set.h"

namespace mailtool::imap {

/// A part of a command. After a literal's announcement, which is the sender's
/// to write, its octets follow.
struct Fragment {
  bool literal = false;
  std::string octets;
  friend bool operator==(const Fragment&, const Fragment&) = default;
};

/// A command without tag and final CRLF, safe to send: no text fragment holds
/// CR, LF or NUL.
struct Command {
  std::string name;  ///< "UID FETCH": for errors and logs
  std::vector<Fragment> fragments;
  [[nodiscard]] std::size_t octets() const;
  friend bool operator==(const Command&, const Command&) = default;
};

/// How literals may be sent (RFC 7888).
enum class LiteralMode : std::uint8_t {
  synchronizing,  ///< wait for "+" before each
  small_at_once,  ///< LITERAL-: up to 4096 octets without waiting
  all_at_once,    ///< LITERAL+
};

/// Longest literal that LITERAL- lets a client send without waiting.
inline constexpr std::size_t kSmallLiteral = 4096;

[[nodiscard]] constexpr bool sent_at_once(LiteralMode mode, std::size_t size) {
  return mode == LiteralMode::all_at_once ||
         (mode == LiteralMode::small_at_once && size <= kSmallLiteral);
}

/// Builds a Command word by word; blanks between them are its business. A word
/// that may not be sent is remembered and fails build(), so that calls chain.
class CommandBuilder {
 public:
  explicit CommandBuilder(std::string_view name);

  /// Text as it stands: "(MESSAGES UNSEEN)". Refuses CR, LF, NUL and 8-bit.
  CommandBuilder& text(std::string_view words);
  /// The shortest legal of atom, quoted string and literal. Refuses NUL.
  CommandBuilder& astring(std::string_view octets);
  /// As astring(); UTF-8 in quotes, where the session encodes names so.
  CommandBuilder& mailbox(const MailboxName& name);
  CommandBuilder& set(const SequenceSet& uids);
  /// "(\Seen $Junk)"; refuses what is no flag.
  CommandBuilder& flags(const std::vector<std::string>& names);

  /// Without the blank before the next word, and without the one after "(".
  CommandBuilder& open();
  CommandBuilder& close();

  /// Fails with usage, naming the word refused.
  Result<Command> build();

 private:
  void separate();
  void append(std::string_view octets);
  void refuse(std::string why);

  Command command_;
  bool blank_ = true;  // one is due before the next word
  std::string refused_;
};

/// True for "\Seen", "$Junk", "Work": a backslash at most, then an atom.
[[nodiscard]] bool is_flag(std::string_view text);

/// All octets of a command as they go out under `mode`, when no wait is needed:
/// for tests and for showing a plan. A literal that would be waited for is
/// written as "{n}" CRLF octets all the same.
[[nodiscard]] std::string to_wire(const Command& command, LiteralMode mode);

}  // namespace mailtool::imap
