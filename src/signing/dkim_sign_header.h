// The header of a message to be signed: found in a stream, read into fields,
// and the fields chosen that a signature covers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/signing/header_field.h"

namespace mailtool::signing {

// Takes a message in pieces until its header has ended.
class HeaderCollector {
 public:
  // Returns how many octets of `piece` belong to the header and the empty line
  // after it; once that is less than all, or ended(), the rest is body.
  // Fails with bad_input above kMaxHeaderToSign.
  Result<std::size_t> take(std::string_view piece);

  [[nodiscard]] bool ended() const noexcept { return ended_; }

  // Views into this object. Fails with bad_input on a line that is neither a
  // field nor the rest of one.
  [[nodiscard]] Result<std::vector<HeaderField>> fields() const;

 private:
  std::string text_;  // without the empty line
  std::size_t line_begin_ = 0;
  bool ended_ = false;
};

// What h= says: the names in the order in which they are hashed. Fails with
// bad_input where there is no From, and on more names than a verifier follows.
[[nodiscard]] Result<std::vector<std::string>> fields_to_sign(
    const std::vector<HeaderField>& header);

}  // namespace mailtool::signing
