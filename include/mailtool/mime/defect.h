/// \file
/// Defect: where a message departs from the standards, by a stable name.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailtool::mime {

enum class DefectRule : std::uint8_t {
  header_end_missing,
  space_before_colon,
  duplicate_field,
  raw_8bit_header,
  malformed_content_type,
  malformed_disposition,
  duplicate_parameter,
  boundary_missing,
  boundary_too_long,
  boundary_repeated,
  no_parts,
  close_delimiter_missing,
  delimiter_after_close,
  encoding_on_composite,
  unknown_encoding,
  malformed_encoding,
  unknown_charset,
  malformed_charset,
  malformed_address,
  malformed_date,
  from_missing,
  date_missing,
  header_cut_off,
  fields_cut_off,
  depth_cut_off,
  parts_cut_off,
};

/// note: unusual, read by all alike. warning: readers may differ. error: what
/// was meant cannot be known, or was not read.
enum class Severity : std::uint8_t { note, warning, error };

/// What is fixed for a rule.
struct DefectInfo {
  std::string_view name;  ///< stable: "close-delimiter-missing"
  Severity severity;
  std::string_view rfc;  ///< "RFC 2046 section 5.1.1"; empty: a limit of ours
};

[[nodiscard]] const DefectInfo& info(DefectRule rule) noexcept;
/// "note", "warning", "error".
[[nodiscard]] std::string_view to_string(Severity severity) noexcept;

/// One finding: octets [offset, offset + length) of the message.
struct Defect {
  DefectRule rule;
  std::uint32_t part = 0;  ///< index into Structure::parts
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  friend bool operator==(const Defect&, const Defect&) = default;
};

}  // namespace mailtool::mime
