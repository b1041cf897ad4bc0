/// \file
/// What APPEND is given, and what it tells (RFC 9051 section 6.3.12).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/base/sink.h"
#include "mailtool/imap/sequence_set.h"

namespace mailtool::client {

/// A message on its way to a mailbox, with CRLF line ends and without NUL.
struct MessageToAppend {
  std::vector<std::string> flags;
  std::optional<std::int64_t> internal_date;  ///< seconds since 1970
  std::uint64_t octets = 0;
  std::function<Result<void>(Sink&)> write;  ///< exactly `octets`
  bool utf8_header = false;  ///< there are 8-bit octets in its header
};

/// "APPENDUID 7 9:10": where messages went (RFC 4315, RFC 3502).
struct AppendUid {
  std::uint32_t uidvalidity = 0;
  imap::SequenceSet uids;  ///< in the order of the messages
};

}  // namespace mailtool::client
