/// \file
/// Parameters of Content-Type and Content-Disposition: RFC 2045 section 5.1,
/// RFC 2231 (continuations, charsets, languages), RFC 2047 where it should not
/// be, and the broken forms of real mail.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/defect.h"

namespace mailtool::mime {

struct Parameter {
  std::string name;   ///< lower case, without "*" and section numbers
  std::string value;  ///< UTF-8, decoded; no CR, LF or NUL
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// How the cases are decided that readers differ about. The default is ours.
struct ParameterPolicy {
  bool last_duplicate = false;  ///< the last of equal names counts
  bool plain_first = false;     ///< name= counts before name*= and name*0=
};

/// A value with parameters: "text/plain; charset=utf-8". Reused for value after
/// value it keeps its storage.
struct ParameterizedValue {
  std::string value;  ///< "text/plain": comments removed, lower case
  /// malformed_parameter (something was mended or skipped),
  /// duplicate_parameter, parameter_gap, parameter_forms_differ,
  /// encoded_word_in_parameter, comment_in_parameters, deceptive_characters,
  /// unknown_charset, malformed_charset, control_in_encoded_word.
  DefectSet defects;
  bool defective = false;  ///< malformed_parameter or parameter_gap
  bool duplicate = false;  ///< duplicate_parameter

  /// In order of first appearance; valid until the next value is read.
  [[nodiscard]] std::span<const Parameter> parameters() const {
    return {pool_.data(), count_};
  }
  /// The first of this (lower case) name; null when there is none.
  [[nodiscard]] const std::string* find(std::string_view name) const;

  /// Forgets all but the storage.
  void clear();
  /// A fresh parameter behind the others.
  Parameter& add();

 private:
  std::vector<Parameter> pool_;  // the first count_ are in use
  std::size_t count_ = 0;
};

/// Parameters read from one field; more are skipped as a defect.
inline constexpr std::size_t kMaxParameters = 1000;
/// Sections of one continued parameter (name*0, name*1, ...).
inline constexpr unsigned kMaxSections = 10'000;

/// Reads a field value, folded or not, in linear time; never fails.
///
/// Sections count from 0, whatever their order, and end at the first gap. The
/// plain form counts only where no RFC 2231 form is usable. name*= without a
/// charset is read as raw text is. Encoded words are decoded, also where one is
/// split over name*0 and name*1, but not in "boundary", whose octets stay as
/// they are: delimiters hold the same. In all other values controls become
/// U+FFFD.
///
/// Mended: a missing ";", blanks in a value without quotes, a missing closing
/// quote, parentheses inside a word. Apostrophes are no quotes.
[[nodiscard]] ParameterizedValue parse_parameters(std::string_view value,
                                                  ParameterPolicy policy = {});

/// As above, replacing what `into` holds and reusing its storage: value after
/// value costs no allocation once the largest has been seen.
void parse_parameters(std::string_view value, ParameterizedValue& into,
                      ParameterPolicy policy = {});

/// "; name=value" as it stands in a header: a token, a quoted string, or for
/// anything else RFC 2231 with charset utf-8, in sections if it is long. Parts
/// are separated by "; " so that fold_field can break the line.
[[nodiscard]] std::string to_parameter(std::string_view name,
                                       std::string_view value);

}  // namespace mailtool::mime
