/// \file
/// Parameters of Content-Type and Content-Disposition: RFC 2045 section 5.1,
/// RFC 2231 (continuations, charsets, languages), RFC 2047 where it should not
/// be, and the broken forms of real mail.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::mime {

struct Parameter {
  std::string name;   ///< lower case, without "*" and section numbers
  std::string value;  ///< UTF-8, decoded; no CR, LF or NUL
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// A value with parameters: "text/plain; charset=utf-8".
struct ParameterizedValue {
  std::string value;  ///< "text/plain": comments removed, lower case
  std::vector<Parameter> parameters;  ///< in order of first appearance
  bool defective = false;             ///< something was mended or skipped
  bool duplicate = false;  ///< a parameter was given twice; the first counts

  /// The first of this (lower case) name; null when there is none.
  [[nodiscard]] const std::string* find(std::string_view name) const;
};

/// Parameters read from one field; more are skipped as a defect.
inline constexpr std::size_t kMaxParameters = 1000;
/// Sections of one continued parameter (name*0, name*1, ...).
inline constexpr unsigned kMaxSections = 10'000;

/// Reads a field value, folded or not, in linear time; never fails.
/// Sections count from 0 and end at the first gap; the plain form counts only
/// where no RFC 2231 form is usable.
[[nodiscard]] ParameterizedValue parse_parameters(std::string_view value);

/// "; name=value" as it stands in a header: a token, a quoted string, or for
/// anything else RFC 2231 with charset utf-8, in sections if it is long. Parts
/// are separated by "; " so that fold_field can break the line.
[[nodiscard]] std::string to_parameter(std::string_view name,
                                       std::string_view value);

}  // namespace mailtool::mime
