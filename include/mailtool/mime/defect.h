/// \file
/// Defect: where a message departs from the standards, or where readers differ
/// about it, by a stable name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailtool::mime {

/// In the order of the table in defect.cc, which says what each is.
enum class DefectRule : std::uint8_t {
  // Header fields.
  header_end_missing,
  blank_line_in_header,
  space_before_colon,
  duplicate_field,
  raw_8bit_header,
  nul_in_header,
  bare_cr_in_header,
  header_line_too_long,
  byte_order_mark,
  malformed_encoded_word,
  control_in_encoded_word,
  malformed_address,
  several_from_addresses,
  address_in_display_name,
  encoded_word_in_address,
  deceptive_characters,
  malformed_date,
  malformed_message_id,
  from_missing,
  date_missing,
  // Media types and parameters.
  malformed_content_type,
  malformed_disposition,
  malformed_parameter,
  duplicate_parameter,
  parameter_gap,
  parameter_forms_differ,
  encoded_word_in_parameter,
  comment_in_parameters,
  names_differ,
  // Structure.
  boundary_missing,
  boundary_too_long,
  boundary_repeated,
  boundary_prefix,
  no_parts,
  close_delimiter_missing,
  delimiter_after_close,
  delimiter_near_miss,
  delimiter_after_bare_cr,
  fragment,
  external_body,
  // Encodings and charsets of bodies.
  encoding_on_composite,
  unknown_encoding,
  malformed_encoding,
  base64_junk,
  base64_padding_inside,
  base64_truncated,
  quoted_printable_invalid,
  quoted_printable_trailing_blanks,
  embedded_file,
  embedded_file_malformed,
  unknown_charset,
  malformed_charset,
  signature_invalid,
  nul_in_body,
  bare_cr_in_body,
  raw_8bit_body,
  body_line_too_long,
  // Limits.
  header_cut_off,
  fields_cut_off,
  depth_cut_off,
  parts_cut_off,
  embedded_files_cut_off,
};

inline constexpr std::size_t kDefectRules =
    static_cast<std::size_t>(DefectRule::embedded_files_cut_off) + 1;

/// remark: legal, said because readers differ. note: against the standard, read
/// by all alike. warning: readers may differ. error: what was meant cannot be
/// known, or was not read.
enum class Severity : std::uint8_t { remark, note, warning, error };

/// About what well-known readers would disagree.
enum class Ambiguity : std::uint8_t {
  none,
  structure,  ///< which parts there are
  content,    ///< what a part decodes to
  name,       ///< what a file is called
  sender,     ///< who wrote it
  type,       ///< what kind of part it is
};

/// What is fixed for a rule.
struct DefectInfo {
  DefectRule rule;
  std::string_view name;  ///< stable: "close-delimiter-missing"
  Severity severity;
  Ambiguity ambiguity;   ///< as a rule; a Defect may say more
  std::string_view rfc;  ///< "RFC 2046 section 5.1.1"; empty: a limit of ours
  std::string_view meaning;  ///< one clause for people
};

[[nodiscard]] const DefectInfo& info(DefectRule rule) noexcept;
/// "remark", "note", "warning", "error".
[[nodiscard]] std::string_view to_string(Severity severity) noexcept;
/// "structure", "content", ...; "none".
[[nodiscard]] std::string_view to_string(Ambiguity ambiguity) noexcept;

/// One finding: octets [offset, offset + length) of the message.
struct Defect {
  DefectRule rule;
  Ambiguity ambiguity = Ambiguity::none;
  std::uint32_t part = 0;  ///< index into Structure::parts
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  friend bool operator==(const Defect&, const Defect&) = default;
};

/// The rules that one value breaks; no place for where.
class DefectSet {
 public:
  constexpr void add(DefectRule rule) noexcept { bits_ |= bit(rule); }
  constexpr void add(DefectSet other) noexcept { bits_ |= other.bits_; }
  constexpr void remove(DefectRule rule) noexcept { bits_ &= ~bit(rule); }
  [[nodiscard]] constexpr bool has(DefectRule rule) const noexcept {
    return (bits_ & bit(rule)) != 0;
  }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  friend constexpr bool operator==(DefectSet, DefectSet) = default;

 private:
  static_assert(kDefectRules <= 64);
  static constexpr std::uint64_t bit(DefectRule rule) noexcept {
    return std::uint64_t{1} << static_cast<unsigned>(rule);
  }
  std::uint64_t bits_ = 0;
};

}  // namespace mailtool::mime
