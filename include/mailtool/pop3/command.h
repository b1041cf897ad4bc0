/// \file
/// POP3 commands: RFC 1939, CAPA RFC 2449, STLS RFC 2595, AUTH RFC 5034, UTF8
/// and LANG RFC 6856.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"

namespace mailtool::pop3 {

/// Longest command line, with CRLF: RFC 2449 section 4.
inline constexpr std::size_t kCommandOctets = 255;

/// A command ready for the wire. Made only by the functions below, so that
/// none can hold CR, LF or NUL inside.
struct Command {
  std::string line;   ///< with CRLF
  std::string shown;  ///< without CRLF, secrets masked: for errors and logs
  bool multiline = false;  ///< "+OK" is followed by lines up to "."
  bool secret = false;     ///< `line` must not be shown
};

[[nodiscard]] Command capa();
[[nodiscard]] Command stls();
[[nodiscard]] Command stat();
[[nodiscard]] Command list();
[[nodiscard]] Command uidl();
[[nodiscard]] Command noop();
[[nodiscard]] Command rset();
[[nodiscard]] Command quit();
[[nodiscard]] Command utf8();
/// \pre number is at least 1, as everywhere below.
[[nodiscard]] Command retr(std::uint32_t number);
[[nodiscard]] Command top(std::uint32_t number, std::uint32_t body_lines);
[[nodiscard]] Command dele(std::uint32_t number);

/// These fail with usage on CR, LF or NUL in an argument, and on an empty
/// name. A name with a space is legal here: servers take the rest of the line.
Result<Command> user(std::string_view name);
Result<Command> pass(const Secret& password);
/// `digest` in hexadecimal (see sasl::apop_digest). A name with a space fails,
/// since the digest follows it.
Result<Command> apop(std::string_view name, std::string_view digest);
/// `initial` in base64; "=" for an empty initial response; empty for none.
Result<Command> auth(std::string_view mechanism, std::string_view initial);

/// `tag` of RFC 5646: "de", "pt-BR". Fails with usage on anything else.
Result<Command> lang(std::string_view tag);

/// The timestamp of a greeting that offers APOP (RFC 1939 section 7): the
/// msg-id "<...@...>", ASCII, printable, at most 200 octets. Empty when there
/// is no legal one: an illegal stamp is how a digest is attacked.
[[nodiscard]] std::string apop_timestamp(std::string_view greeting);

}  // namespace mailtool::pop3
