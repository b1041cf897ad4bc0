/// \file
/// Media types: RFC 2045 section 5, RFC 6838 section 4.2.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/mime/parameter.h"

namespace mailtool::mime {

/// The type of a part. Always complete: what is absent or malformed becomes
/// the default of RFC 2045 section 5.2, with `defective` set when malformed.
struct MediaType {
  std::string type = "text";      ///< lower case
  std::string subtype = "plain";  ///< lower case
  std::string charset;            ///< as written, lower case; empty: none given
  std::string boundary;           ///< without blanks at its end; may be empty
  std::string name;               ///< the name parameter; empty: none given
  bool defective = false;
  bool duplicate_parameter = false;
  /// All parameters as they stand, and their defects; here malformed_parameter
  /// also for a charset in apostrophes, which `charset` is without.
  ParameterizedValue parameters;

  [[nodiscard]] bool is(std::string_view type_name) const {
    return type == type_name;
  }
  [[nodiscard]] std::string full() const { return type + "/" + subtype; }
};

/// Reads a Content-Type value, folded or not.
[[nodiscard]] MediaType parse_media_type(std::string_view value,
                                         ParameterPolicy policy = {});

/// As above, replacing what `into` holds and reusing its storage: value after
/// value costs no allocation once the largest has been seen.
void parse_media_type(std::string_view value, MediaType& into,
                      ParameterPolicy policy = {});

/// restricted-name "/" restricted-name, each 1 to 127 characters.
[[nodiscard]] bool is_media_type(std::string_view text) noexcept;

}  // namespace mailtool::mime
