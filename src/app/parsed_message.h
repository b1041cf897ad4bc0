/// \file
/// ParsedMessage: one message of one input, as the writers of `parse` see it.
#pragma once

#include <vector>

#include "app/parse_input.h"
#include "app/part_walk.h"
#include "mailtool/mime/structure.h"

namespace mailtool::app {

/// Views of what the dump keeps, valid while the message is written.
struct ParsedMessage {
  const MessagePlace& place;
  const mime::Structure& structure;
  /// What the leaves hold; empty where nothing was decoded. The structure of
  /// the first is empty: it is the one above.
  const std::vector<MessageLevel>& levels;
  const RandomAccess* input = nullptr;  ///< null unless it was asked for
  mime::DecodePolicy decode = {};       ///< by which bodies were decoded

  [[nodiscard]] const mime::Structure& structure_of(std::uint32_t level) const {
    return level == 0 ? structure : levels[level].structure;
  }
};

/// The body of a part, decoded from its transfer encoding.
Result<void> copy_decoded(const ParsedMessage& message, const mime::Part& part,
                          Sink& to);

/// The same, converted from its charset to UTF-8, line ends as LF.
Result<void> copy_text(const ParsedMessage& message, const mime::Part& part,
                       Sink& to);

}  // namespace mailtool::app
