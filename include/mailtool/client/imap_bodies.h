/// \file
/// Bodies and parts of messages, streamed one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "mailtool/base/result.h"
#include "mailtool/base/sink.h"

namespace mailtool::client {

/// So many octets a message has, where nobody has said how many: an estimate.
inline constexpr std::uint64_t kTypicalMessage = 8 * 1024;

/// A part of a message: "" is all of it, "HEADER", "TEXT", "2.1", "2.MIME".
struct BodyQuestion {
  std::string section;
  std::optional<std::uint64_t> offset;  ///< octets to leave out, with a length
  std::uint64_t length = 0;
  bool mark_seen = false;
  /// BINARY (RFC 3516): decoded by the server, which must offer it. `section`
  /// is a part's number.
  bool binary = false;
};

struct BodyRequest {
  std::uint32_t uid = 0;
  BodyQuestion question;
  bool size = false;  ///< RFC822.SIZE, too
};

/// What came of a request.
struct BodyAnswer {
  std::uint64_t octets = 0;  ///< written to the Sink
  std::optional<std::uint64_t> message_size;
};

/// Asks for bodies, and takes them. Requests are numbered from 0 in the order
/// of next(); end() comes in that order, begin() may come in another.
class BodyReceiver {
 public:
  virtual ~BodyReceiver() = default;
  /// The next request; nullopt where for now there is none. When all requests
  /// are answered it is asked once more: what failed can be asked for again.
  virtual std::optional<BodyRequest> next() = 0;
  /// The octets of a request begin: where they go until its end(). `size` is
  /// what the server announces. An Error ends the session.
  virtual Result<Sink*> begin(std::size_t number, std::uint64_t size) = 0;
  /// Once for each request. The Error of one that failed: no_such_item where
  /// nothing or NIL came, unsupported where the server cannot decode the part
  /// (BINARY), or what the refusal means. An Error returned ends the session.
  virtual Result<void> end(std::size_t number, Result<BodyAnswer> answer) = 0;
};

}  // namespace mailtool::client
