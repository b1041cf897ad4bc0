/// \file
/// Tag lists: "v=1; a=rsa-sha256; ...". RFC 6376 section 3.2.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::signing {

/// One tag-spec. Views into the text that was parsed.
struct Tag {
  std::string_view name;   ///< case matters
  std::string_view value;  ///< white space at both ends is gone; may be empty
  /// Of all that stands between "=" and ";" or the end, in the text.
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The tags of one field or key record, in order.
class TagList {
 public:
  static constexpr std::size_t kMaxOctets = 65'536;
  static constexpr std::size_t kMaxTags = 100;

  /// `text` outlives the list. Fails with bad_input on anything that is not a
  /// tag list, on a tag that stands twice, and beyond the limits. Octets of
  /// 0x80 and above may stand in values (RFC 8616 section 5).
  static Result<TagList> parse(std::string_view text);

  /// Null when there is none.
  [[nodiscard]] const Tag* find(std::string_view name) const noexcept;
  [[nodiscard]] const std::vector<Tag>& tags() const { return tags_; }

 private:
  std::vector<Tag> tags_;
};

/// Without SP, HTAB, CR and LF.
[[nodiscard]] std::string without_white_space(std::string_view text);
/// Without these at both ends.
[[nodiscard]] std::string_view trim_white_space(std::string_view text) noexcept;
/// Splits "a : b:c" into its trimmed pieces; an empty piece stays.
[[nodiscard]] std::vector<std::string_view> colon_list(std::string_view value);

}  // namespace mailtool::signing
