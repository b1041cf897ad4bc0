/// \file
/// What IMAP servers write: strings, flags, dates (RFC 9051 section 9).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/imap/value.h"
#include "mailtool/serve/mailbox.h"

namespace mailtool::serve {

/// What is within a literal, which cannot hold NUL (RFC 9051 section 9, CHAR8):
/// for each there is octet 0x80.
void put_octets(std::string& out, std::string_view octets);
/// A quoted string, or a literal where it cannot be one: put_octets().
void put_string(std::string& out, std::string_view text);
/// NIL for nullopt.
void put_nstring(std::string& out, const std::optional<std::string_view>& text);
/// `"20-Nov-2026 12:00:00 +0000"`, quoted.
void put_date_time(std::string& out, std::int64_t seconds);
/// "(\Seen $Junk)".
void put_flags(std::string& out, Flags flags, const Mailbox& mailbox);

/// Flags as a client names them, whether the mailbox has such keywords or not.
struct FlagList {
  Flags system = 0;
  std::vector<std::string> keywords;
};
/// Of a list, or of the one value. nullopt where something is no flag.
[[nodiscard]] std::optional<FlagList> parse_flag_list(imap::Value list);

/// Bits of flags; as long as it is there the keywords among them mean what they
/// do now.
struct HeldFlags {
  Flags bits = 0;
  std::shared_ptr<const Flags> hold;
};
/// Without the keywords that are not there.
[[nodiscard]] HeldFlags find_flags(const FlagList& list, Mailbox& mailbox);
/// Keywords that are not there are made. Fails as Mailbox::make_keywords().
[[nodiscard]] Result<HeldFlags> make_flags(const FlagList& list,
                                           Mailbox& mailbox);

/// What stands behind NO: a response code (RFC 5530), and our words.
[[nodiscard]] std::string why_not(const Error& error);

/// The tag of a command, of at most 100 octets; "*" where it is none.
[[nodiscard]] std::string tag_of(imap::Value value);

}  // namespace mailtool::serve
