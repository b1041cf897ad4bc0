/// \file
/// http_get: one small document from a web server (RFC 9110, RFC 9112), as
/// MTA-STS needs it (RFC 8461 section 3.3). Follows no redirect, keeps no
/// connection, no cookie, no cache.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/base/stream.h"

namespace mailtool::client {

struct HttpResponse {
  int status = 0;            ///< 200..599
  std::string content_type;  ///< "text/plain", lower case, no parameters; ""
  std::string body;          ///< decoded; only where the status is 200
};

/// Limits a hostile server cannot push us past.
struct HttpLimits {
  std::size_t line_octets = 8 * 1024;
  std::size_t header_octets = 32 * 1024;  ///< of all lines together
  std::size_t body_octets = 64 * 1024;
  std::chrono::milliseconds budget{20'000};  ///< for request and response
};

/// GET `path` of `host` over `stream`, which is connected and, where that is
/// wanted, has its TLS. The connection is of no more use afterwards.
///
/// Fails with usage (CR, LF, blanks or non-ASCII in host or path), protocol (no
/// HTTP/1.0 or 1.1, a header or framing that is not plain, a coding other than
/// chunked, more than the limits), disconnected (cut off before the end, also
/// a body that ends with the connection and TLS without close_notify), or as
/// Stream does.
Result<HttpResponse> http_get(Stream& stream, std::string_view host,
                              std::string_view path,
                              const HttpLimits& limits = {});

}  // namespace mailtool::client
