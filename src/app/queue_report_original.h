/// \file
/// The part of a notification that gives the message back: RFC 6522 section 4,
/// RFC 6533 section 5.
#pragma once

#include "app/queue_state.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Octets of a header that is given back; the lines beyond are left out.
inline constexpr std::size_t kReturnedHeader = 128 * 1024;

/// Writes the header and the content of that part, in 7 bit:
/// text/rfc822-headers or message/global-headers; for all of the message
/// message/rfc822, or message/global in base64 where it is not 7 bit. Fails as
/// both ends do.
Result<void> write_original(const QueueState& state, bool whole,
                            Source& original, Sink& to);

}  // namespace mailtool::app
