/// \file
/// What a TLS failure means, in words.
#pragma once

#include <string_view>

#include "mailtool/base/error.h"
#include "mailtool/net/tls.h"

namespace mailtool::net {

/// The Error of OpenSSL's oldest queued error, in a handshake or later; empties
/// the queue. `wire_error` is the errno of the socket, 0 when it was not that.
[[nodiscard]] Error tls_failure(int wire_error, TlsFloor floor);

/// True for the start of a line of text, as no TLS record has it.
[[nodiscard]] bool looks_like_text(std::string_view octets) noexcept;

}  // namespace mailtool::net
