/// \file
/// DANE: the server proved by TLSA records (RFC 7671, RFC 7672 section 3).
#pragma once

#include <openssl/ssl.h>

#include "net/tls_state.h"

namespace mailtool::net {

/// Makes `ssl` prove its peer by the associations of the policy; does nothing
/// where there are none. Fails with internal.
Result<void> use_associations(SSL* ssl, const TlsContext::State& state);

}  // namespace mailtool::net
