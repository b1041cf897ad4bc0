// Headers as the Transcoder changes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/mime/structure.h"
#include "mailtool/mime/transcode.h"

namespace mailtool::mime {

// A field whose lines nobody may send, or that holds octets beyond ASCII.
struct FieldState {
  bool unclean = false;    // NUL or bare CR
  bool long_line = false;  // over 998 octets
  bool high = false;
  [[nodiscard]] bool fit() const { return !unclean && !long_line && !high; }
};

// `whole` is a field as Structure::whole gives it.
[[nodiscard]] FieldState look_at_field(std::string_view whole);

// The field with a blank for each NUL and bare CR. Lines that then hold
// nothing but blanks go, since some readers end the header there.
[[nodiscard]] std::string clean_field(std::string_view whole);

// The field with its lines over 998 octets folded at blanks, at 78 octets
// where there are some. Nullopt where a piece without blank is too long.
[[nodiscard]] std::optional<std::string> fold_long_lines(std::string_view whole);

// The field in ASCII, by RFC 2047 and RFC 2231, without the last line end. Text
// that is not UTF-8 is read as windows-1252, parameters aside.
// Addresses get the form that `form`, if any, gives them. Nullopt where that
// could not be read back as the same value.
[[nodiscard]] std::optional<std::string> encode_field(std::string_view name,
                                                      std::string_view value,
                                                      const AddressForm& form);

}  // namespace mailtool::mime
