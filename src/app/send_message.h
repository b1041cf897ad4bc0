/// \file
/// The message that `send` sends: composed from options, or taken as it comes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/invocation.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// A finished message with CRLF line ends, and its envelope (RFC 5321
/// section 2.3.1).
struct OutgoingMessage {
  std::unique_ptr<store::Spool> content;
  bool has_8bit_body = false;
  bool needs_smtputf8 = false;  ///< a header field is not ASCII
  std::string message_id;       ///< with its angle brackets
  std::string envelope_from;    ///< empty: the null sender
  std::vector<std::string> recipients;  ///< each once, in order
};

/// True when any of the composing options is given.
[[nodiscard]] bool wants_to_compose(const OptionValues& options);

/// Composes, or reads and mends a ready message. Fails with usage, no_input,
/// local_io, cannot_create, or bad_input: an empty message, bare CR, NUL, a
/// line over 998 octets (RFC 5322 section 2.1.1), with the line's number.
Result<OutgoingMessage> prepare_message(const Invocation& invocation);

}  // namespace mailtool::app
