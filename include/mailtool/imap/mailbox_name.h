/// \file
/// Mailbox names: UTF-8 wherever people see them; on the wire modified UTF-7
/// (RFC 3501 section 5.1.3), or UTF-8 there too (RFC 9051 section 5.1, RFC 6855
/// section 3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::imap {

/// Longest mailbox name taken from a server or a user, in octets.
inline constexpr std::size_t kMaxMailboxName = 8 * 1024;

/// How the names of one session go over the wire.
enum class NameEncoding : std::uint8_t { modified_utf7, utf8 };

/// UTF-8 as modified UTF-7. Invalid octets become U+FFFD.
[[nodiscard]] std::string encode_modified_utf7(std::string_view utf8);

/// The inverse, strict: nullopt on anything encode_modified_utf7 would not
/// write, so that encoding the outcome yields `text` again.
[[nodiscard]] std::optional<std::string> decode_modified_utf7(
    std::string_view text);

/// A mailbox as the server wrote it and as people read it.
struct MailboxName {
  std::string wire;  ///< the octets to send back to the server
  std::string utf8;  ///< what is shown; the wire form where that is not legal
  bool well_formed = true;  ///< `utf8` encodes to `wire` again
  friend bool operator==(const MailboxName&, const MailboxName&) = default;
};

/// From the wire. "inbox" in any case becomes "INBOX"; a name that is not legal
/// in `encoding` is kept as it is (servers that write raw UTF-8, or garbage).
[[nodiscard]] MailboxName mailbox_from_wire(
    std::string_view wire, NameEncoding encoding = NameEncoding::modified_utf7);

/// From a user's UTF-8. Fails with usage on an empty name, on CR, LF, NUL, on
/// what is not UTF-8 and beyond kMaxMailboxName.
Result<MailboxName> mailbox_from_utf8(
    std::string_view utf8, NameEncoding encoding = NameEncoding::modified_utf7);

/// The same mailbox as a session with `encoding` has it; unchanged where it is
/// not well formed.
[[nodiscard]] MailboxName in_encoding(const MailboxName& name,
                                      NameEncoding encoding);

}  // namespace mailtool::imap
