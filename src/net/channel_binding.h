/// \file
/// Channel bindings of a TLS session (RFC 5929, RFC 9266).
#pragma once

#include <openssl/ssl.h>

#include <vector>

#include "mailtool/base/stream.h"

namespace mailtool::net {

/// Those the session has, of either side, preferred first; may be empty.
[[nodiscard]] std::vector<ChannelBinding> channel_bindings(SSL* ssl);

}  // namespace mailtool::net
