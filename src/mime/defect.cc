#include "mailtool/mime/defect.h"

namespace mailtool::mime {
namespace {

using enum DefectRule;
using S = Severity;
using A = Ambiguity;

// clang-format off
constexpr DefectInfo kTable[] = {
  {header_end_missing, "header-end-missing", S::warning, A::structure, "RFC 5322 section 2.1",
   "a header is ended by a line that is no field, not by an empty one"},
  {blank_line_in_header, "blank-line-in-header", S::warning, A::structure, "RFC 5322 section 4.2",
   "a header line holds nothing but blanks; it continues a field"},
  {space_before_colon, "space-before-colon", S::note, A::none, "RFC 5322 section 4.5",
   "blanks stand between a field name and its colon"},
  {duplicate_field, "duplicate-field", S::warning, A::none, "RFC 5322 section 3.6",
   "a field that may stand once stands again; the first counts"},
  {raw_8bit_header, "raw-8bit-header", S::note, A::none, "RFC 5322 section 2.2",
   "a field has octets beyond ASCII that are not UTF-8"},
  {nul_in_header, "nul-in-header", S::warning, A::content, "RFC 5322 section 4",
   "a field holds the octet NUL"},
  {bare_cr_in_header, "bare-cr-in-header", S::warning, A::structure, "RFC 5322 section 2.2",
   "a field holds a CR that ends no line"},
  {header_line_too_long, "header-line-too-long", S::note, A::none, "RFC 5322 section 2.1.1",
   "a header line has more than 998 octets"},
  {byte_order_mark, "byte-order-mark", S::note, A::none, "RFC 5322 section 2.2",
   "the message begins with a byte order mark, which is skipped"},
  {malformed_encoded_word, "malformed-encoded-word", S::note, A::content, "RFC 2047 section 2",
   "an encoded word is not as the syntax has it"},
  {control_in_encoded_word, "control-in-encoded-word", S::warning, A::content, "RFC 2047 section 5",
   "an encoded word hides CR, LF, NUL or another control"},
  {malformed_address, "malformed-address", S::warning, A::none, "RFC 5322 section 3.4",
   "an address list is not as the syntax has it"},
  {several_from_addresses, "several-from-addresses", S::warning, A::sender, "RFC 5322 section 3.6.2",
   "From names several authors and there is no Sender"},
  {address_in_display_name, "address-in-display-name", S::warning, A::sender, "RFC 5322 section 3.4",
   "a display name looks like another address"},
  {encoded_word_in_address, "encoded-word-in-address", S::warning, A::sender, "RFC 2047 section 5",
   "an address holds an encoded word, which is not decoded there"},
  {deceptive_characters, "deceptive-characters", S::warning, A::name, "RFC 6532 section 4",
   "a name holds characters that hide or turn around others"},
  {malformed_date, "malformed-date", S::warning, A::none, "RFC 5322 section 3.3",
   "a date cannot be read"},
  {malformed_message_id, "malformed-message-id", S::note, A::none, "RFC 5322 section 3.6.4",
   "a message identifier is not as the syntax has it"},
  {from_missing, "from-missing", S::warning, A::none, "RFC 5322 section 3.6",
   "there is no From"},
  {date_missing, "date-missing", S::note, A::none, "RFC 5322 section 3.6",
   "there is no Date"},
  {malformed_content_type, "malformed-content-type", S::warning, A::type, "RFC 2045 section 5.1",
   "a Content-Type is not as the syntax has it"},
  {malformed_disposition, "malformed-disposition", S::warning, A::name, "RFC 2183 section 2",
   "a Content-Disposition is not as the syntax has it"},
  {malformed_parameter, "malformed-parameter", S::warning, A::name, "RFC 2045 section 5.1",
   "a parameter is not as the syntax has it"},
  {duplicate_parameter, "duplicate-parameter", S::warning, A::structure, "RFC 2045 section 5.1",
   "a parameter is given twice; the first counts"},
  {parameter_gap, "parameter-gap", S::warning, A::name, "RFC 2231 section 3",
   "a continued parameter lacks a section; what follows is left out"},
  {parameter_forms_differ, "parameter-forms-differ", S::warning, A::name, "RFC 2231 section 4",
   "the plain and the extended form of a parameter differ; the extended counts"},
  {encoded_word_in_parameter, "encoded-word-in-parameter", S::note, A::name, "RFC 2047 section 5",
   "a parameter holds an encoded word"},
  {comment_in_parameters, "comment-in-parameters", S::remark, A::name, "RFC 2045 section 5.1",
   "a comment stands among parameters"},
  {names_differ, "names-differ", S::warning, A::name, "RFC 2183 section 2.3",
   "Content-Type and Content-Disposition name the file differently; the latter counts"},
  {boundary_missing, "boundary-missing", S::error, A::structure, "RFC 2046 section 5.1.1",
   "a multipart has no boundary and is read as one part"},
  {boundary_too_long, "boundary-too-long", S::warning, A::structure, "RFC 2046 section 5.1.1",
   "a boundary has more than 70 characters"},
  {boundary_repeated, "boundary-repeated", S::warning, A::structure, "RFC 2046 section 5.1.2",
   "a multipart has the boundary of one that it stands in"},
  {boundary_prefix, "boundary-prefix", S::remark, A::structure, "RFC 2046 section 5.1.1",
   "a boundary begins with one that it stands in"},
  {no_parts, "no-parts", S::warning, A::structure, "RFC 2046 section 5.1.1",
   "a multipart has no parts"},
  {close_delimiter_missing, "close-delimiter-missing", S::warning, A::structure, "RFC 2046 section 5.1.1",
   "a multipart is not closed"},
  {delimiter_after_close, "delimiter-after-close", S::warning, A::structure, "RFC 2046 section 5.1.1",
   "a delimiter follows the closing one; it is no part"},
  {delimiter_near_miss, "delimiter-near-miss", S::warning, A::structure, "RFC 2046 section 5.1.1",
   "a line is almost a delimiter, but more follows or blanks stand inside"},
  {delimiter_after_bare_cr, "delimiter-after-bare-cr", S::warning, A::structure, "RFC 2046 section 4.1.1",
   "what may be a delimiter stands behind a bare CR, which ends no line"},
  {fragment, "fragment", S::remark, A::structure, "RFC 2046 section 5.2.2",
   "a message is one piece of a larger one"},
  {external_body, "external-body", S::remark, A::structure, "RFC 2046 section 5.2.3",
   "the body stands elsewhere; what stands here is its header"},
  {encoding_on_composite, "encoding-on-composite", S::warning, A::structure, "RFC 2045 section 6.4",
   "a multipart or message has a transfer encoding"},
  {unknown_encoding, "unknown-encoding", S::warning, A::content, "RFC 2045 section 6.1",
   "a transfer encoding is not one known word; if none is, the body is left as it is"},
  {malformed_encoding, "malformed-encoding", S::warning, A::content, "RFC 2045 section 6",
   "a body is not as its transfer encoding has it"},
  {base64_junk, "base64-junk", S::note, A::content, "RFC 2045 section 6.8",
   "base64 holds characters outside its alphabet, which are skipped"},
  {base64_padding_inside, "base64-padding-inside", S::warning, A::content, "RFC 2045 section 6.8",
   "base64 goes on behind its padding, and is decoded on"},
  {base64_truncated, "base64-truncated", S::warning, A::content, "RFC 2045 section 6.8",
   "base64 ends within a group of four"},
  {quoted_printable_invalid, "quoted-printable-invalid", S::warning, A::content, "RFC 2045 section 6.7",
   "\"=\" is not followed by two hexadecimal digits, and stands for itself"},
  {quoted_printable_trailing_blanks, "quoted-printable-trailing-blanks", S::remark, A::content, "RFC 2045 section 6.7",
   "blanks at the end of a quoted-printable line, which are not data"},
  {embedded_file, "embedded-file", S::remark, A::structure, "RFC 2045 section 6.3",
   "a file stands within the text, in an encoding older than MIME"},
  {embedded_file_malformed, "embedded-file-malformed", S::warning, A::content, "RFC 2045 section 6.3",
   "a file within a part is cut off or damaged"},
  {unknown_charset, "unknown-charset", S::warning, A::content, "RFC 2046 section 4.1.2",
   "a charset is not known; the text is read as UTF-8 or windows-1252"},
  {malformed_charset, "malformed-charset", S::warning, A::content, "RFC 2046 section 4.1.2",
   "a text holds octets that its charset has no character for"},
  {signature_invalid, "signature-invalid", S::warning, A::none, "RFC 6376 section 6",
   "a signature does not hold (told by --verify)"},
  {nul_in_body, "nul-in-body", S::warning, A::content, "RFC 5322 section 4",
   "a body that is not binary holds the octet NUL"},
  {bare_cr_in_body, "bare-cr-in-body", S::note, A::content, "RFC 5322 section 2.3",
   "a body that is not binary holds a CR that ends no line"},
  {raw_8bit_body, "raw-8bit-body", S::note, A::none, "RFC 2045 section 6.2",
   "a body declared as 7bit holds octets beyond ASCII"},
  {body_line_too_long, "body-line-too-long", S::note, A::none, "RFC 5322 section 2.1.1",
   "a line has more than 998 octets"},
  {header_cut_off, "header-cut-off", S::error, A::structure, "",
   "the header is longer than what is read (--max-header)"},
  {fields_cut_off, "fields-cut-off", S::error, A::structure, "",
   "there are more header fields than are read"},
  {depth_cut_off, "depth-cut-off", S::error, A::structure, "",
   "parts are nested deeper than is read (--max-depth)"},
  {parts_cut_off, "parts-cut-off", S::error, A::structure, "",
   "there are more parts than are read (--max-parts)"},
  {embedded_files_cut_off, "embedded-files-cut-off", S::error, A::structure, "",
   "there are more files within parts than are read"},
};
// clang-format on

constexpr bool in_order() {
  std::size_t index = 0;
  for (const auto& row : kTable) {
    if (static_cast<std::size_t>(row.rule) != index++) return false;
  }
  return index == kDefectRules;
}
static_assert(in_order(), "the table follows the enumeration");

}  // namespace

const DefectInfo& info(DefectRule rule) noexcept {
  return kTable[static_cast<std::size_t>(rule)];
}

std::string_view to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::remark: return "remark";
    case Severity::note: return "note";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return "error";
}

std::string_view to_string(Ambiguity ambiguity) noexcept {
  switch (ambiguity) {
    case Ambiguity::none: return "none";
    case Ambiguity::structure: return "structure";
    case Ambiguity::content: return "content";
    case Ambiguity::name: return "name";
    case Ambiguity::sender: return "sender";
    case Ambiguity::type: return "type";
  }
  return "none";
}

}  // namespace mailtool::mime
