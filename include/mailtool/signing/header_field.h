/// \file
/// HeaderField: one field of a message as its octets stand.
#pragma once

#include <string_view>

namespace mailtool::signing {

/// A view of a field that outlives its use. Both parts are raw: blanks before
/// the colon belong to `name`, the blank after it to `value`; folds stay, as
/// CRLF or LF; the line end that ends the field is in neither.
struct HeaderField {
  std::string_view name;
  std::string_view value;
};

}  // namespace mailtool::signing
