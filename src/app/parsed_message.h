/// \file
/// ParsedMessage: one message of one input, as the writers of `parse` see it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/parse_input.h"
#include "mailtool/base/sha256.h"
#include "mailtool/mime/structure.h"

namespace mailtool::app {

/// What decoding the body of a leaf gave.
struct DecodedBody {
  std::uint64_t octets = 0;
  std::string sha256;  ///< hexadecimal
  bool malformed = false;
};

struct ParsedMessage {
  std::string source;           ///< file name; "stdin"
  std::uint64_t index = 0;      ///< among the messages of the input, from 0
  std::uint64_t offset = 0;     ///< in the input
  mime::Structure structure;
  /// One for each part, of leaves alone; empty unless digests were asked for.
  std::vector<std::optional<DecodedBody>> bodies;
  const RandomAccess* input = nullptr;  ///< null unless it was asked for
};

/// The body of a part, decoded from its transfer encoding.
Result<void> copy_decoded(const ParsedMessage& message, const mime::Part& part,
                          Sink& to);

/// The same, converted from its charset to UTF-8, line ends as LF.
Result<void> copy_text(const ParsedMessage& message, const mime::Part& part,
                       Sink& to);

}  // namespace mailtool::app
