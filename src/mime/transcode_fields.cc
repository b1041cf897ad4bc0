// The part of the planner that goes over the headers.
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"
#include "transcode_header.h"
#include "transcode_plan.h"

namespace mailtool::mime {
namespace {

constexpr std::string_view kEncoding = "Content-Transfer-Encoding: ";
constexpr std::string_view kType = "Content-Type: ";
constexpr std::string_view kVersion = "MIME-Version: 1.0";

}  // namespace

// Each field that changes becomes an Edit; one that stands twice and is
// replaced is taken out the second time, so that all readers see the new one.
Result<void> TranscodePlanner::plan_header(std::uint32_t index) {
  const auto& part = s_.parts[index];
  const auto& plan = headers_[index];
  bool has_encoding = false;
  bool has_type = false;
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = s_.fields[part.first_field + i];
    const bool is_encoding = field.id == FieldId::content_transfer_encoding;
    const bool is_type = field.id == FieldId::content_type;
    const bool replaced = (is_encoding && !plan.encoding.empty()) ||
                          (is_type && !plan.content_type.empty());
    if (replaced) {
      bool& seen = is_encoding ? has_encoding : has_type;
      const auto next = i + 1 < part.field_count
                            ? s_.fields[part.first_field + i + 1].offset
                            : part.header.end();
      if (seen) {
        replace({field.offset, next - field.offset}, {});
      } else {
        replace(Structure::span(field),
                is_encoding ? std::string(kEncoding) + plan.encoding
                            : std::string(kType) + plan.content_type);
      }
      seen = true;
      continue;
    }
    auto changed = changed_field(index, field);
    if (!changed) return std::move(changed).error();
    if (*changed) replace(Structure::span(field), std::move(**changed));
  }
  add_fields(index);
  return {};
}

// Behind the last field; and the empty line where the header lacks it, for
// what follows is no longer what ended it.
void TranscodePlanner::add_fields(std::uint32_t index) {
  const auto& part = s_.parts[index];
  const auto& plan = headers_[index];
  const auto missing = [&](FieldId id) { return s_.find(part, id) == nullptr; };
  std::string added;
  if (plan.mime_version && missing(FieldId::mime_version)) {
    added += std::string(kVersion) + "\r\n";
  }
  if (!plan.content_type.empty() && missing(FieldId::content_type)) {
    added += std::string(kType) + plan.content_type + "\r\n";
  }
  if (!plan.encoding.empty() && missing(FieldId::content_transfer_encoding)) {
    added += std::string(kEncoding) + plan.encoding + "\r\n";
  }
  const bool rewritten =
      !added.empty() || !plan.content_type.empty() || !plan.encoding.empty();
  if (rewritten && part.header.end() == part.body.offset &&
      part.body.length > 0) {
    added += "\r\n";
  }
  if (!added.empty()) replace({part.header.end(), 0}, std::move(added));
}

Result<std::optional<std::string>> TranscodePlanner::changed_field(
    std::uint32_t index, const Field& field) {
  const auto whole = s_.whole(field);
  const auto state = look_at_field(whole);
  std::optional<std::string> changed;
  if (state.fit()) return changed;
  if (state.unclean || state.long_line) {
    const auto holds = "a header field (" + printable(s_.name(field), 80) +
                       ") with " +
                       (state.long_line ? "a line over 998 octets"
                                        : "NUL or CR without LF");
    if (auto may = may_change(index, holds); !may) return may.error();
  }
  if (state.high && options_.encode_header && covered_[index].empty()) {
    auto encoded = encode_field(s_.name(field), s_.value(field));
    if (encoded && !state.unclean) {
      note_field(index, field, "encoded");
      return encoded;
    }
  }
  if (state.high) note_raw_field(index, field);
  if (state.unclean) {
    changed = clean_field(whole);
    note_field(index, field, "cleaned");
  }
  if (!state.long_line) return changed;
  changed = fold_long_lines(changed ? *changed : whole);
  if (!changed) {
    return Error{ErrorKind::bad_input,
                 "the header field " + printable(s_.name(field), 80) + " of " +
                     named(index) +
                     " has a line over 998 octets and no blank to fold it at"};
  }
  note_field(index, field, "folded");
  return changed;
}

void TranscodePlanner::note_field(std::uint32_t index, const Field& field,
                                  std::string_view what) {
  if (report_.fields.size() >= TranscodeReport::kMaxFieldChanges) return;
  report_.fields.push_back(
      {s_.id(index), std::string(s_.name(field)), std::string(what)});
}

void TranscodePlanner::note_raw_field(std::uint32_t index, const Field& field) {
  if (report_.raw_field) return;
  const bool utf8 = is_valid_utf8(s_.whole(field));
  report_.raw_field = FieldChange{s_.id(index), std::string(s_.name(field)),
                                  utf8 ? "raw" : "not UTF-8"};
}

}  // namespace mailtool::mime
