#include "mailtool/mime/defect.h"

namespace mailtool::mime {

// No default label: a new rule must fail to compile until it is described.
const DefectInfo& info(DefectRule rule) noexcept {
  using enum DefectRule;
  using enum Severity;
  // clang-format off
#define MAILTOOL_RULE(name, severity, rfc) \
  { static constexpr DefectInfo kInfo{name, severity, rfc}; return kInfo; }
  switch (rule) {
    case header_end_missing: MAILTOOL_RULE("header-end-missing", warning, "RFC 5322 section 2.1")
    case space_before_colon: MAILTOOL_RULE("space-before-colon", note, "RFC 5322 section 4.5")
    case duplicate_field: MAILTOOL_RULE("duplicate-field", warning, "RFC 5322 section 3.6")
    case raw_8bit_header: MAILTOOL_RULE("raw-8bit-header", note, "RFC 5322 section 2.2")
    case malformed_content_type: MAILTOOL_RULE("malformed-content-type", warning, "RFC 2045 section 5.1")
    case malformed_disposition: MAILTOOL_RULE("malformed-disposition", warning, "RFC 2183 section 2")
    case duplicate_parameter: MAILTOOL_RULE("duplicate-parameter", warning, "RFC 2045 section 5.1")
    case boundary_missing: MAILTOOL_RULE("boundary-missing", error, "RFC 2046 section 5.1.1")
    case boundary_too_long: MAILTOOL_RULE("boundary-too-long", warning, "RFC 2046 section 5.1.1")
    case boundary_repeated: MAILTOOL_RULE("boundary-repeated", warning, "RFC 2046 section 5.1.2")
    case no_parts: MAILTOOL_RULE("no-parts", warning, "RFC 2046 section 5.1.1")
    case close_delimiter_missing: MAILTOOL_RULE("close-delimiter-missing", warning, "RFC 2046 section 5.1.1")
    case delimiter_after_close: MAILTOOL_RULE("delimiter-after-close", warning, "RFC 2046 section 5.1.1")
    case encoding_on_composite: MAILTOOL_RULE("encoding-on-composite", warning, "RFC 2045 section 6.4")
    case unknown_encoding: MAILTOOL_RULE("unknown-encoding", warning, "RFC 2045 section 6.1")
    case malformed_encoding: MAILTOOL_RULE("malformed-encoding", warning, "RFC 2045 section 6")
    case unknown_charset: MAILTOOL_RULE("unknown-charset", warning, "RFC 2046 section 4.1.2")
    case malformed_charset: MAILTOOL_RULE("malformed-charset", warning, "RFC 2046 section 4.1.2")
    case malformed_address: MAILTOOL_RULE("malformed-address", warning, "RFC 5322 section 3.4")
    case malformed_date: MAILTOOL_RULE("malformed-date", warning, "RFC 5322 section 3.3")
    case from_missing: MAILTOOL_RULE("from-missing", warning, "RFC 5322 section 3.6")
    case date_missing: MAILTOOL_RULE("date-missing", note, "RFC 5322 section 3.6")
    case header_cut_off: MAILTOOL_RULE("header-cut-off", error, "")
    case fields_cut_off: MAILTOOL_RULE("fields-cut-off", error, "")
    case depth_cut_off: MAILTOOL_RULE("depth-cut-off", error, "")
    case parts_cut_off: MAILTOOL_RULE("parts-cut-off", error, "")
  }
#undef MAILTOOL_RULE
  // clang-format on
  static constexpr DefectInfo kUnknown{"unknown", error, ""};
  return kUnknown;  // unreachable; keeps g++ -Wreturn-type quiet
}

std::string_view to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::note: return "note";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return "error";
}

}  // namespace mailtool::mime
