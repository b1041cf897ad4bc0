// The part of the planner that goes over the headers.
#include <utility>

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

// Fields that are mended or encoded; those that the plan may replace aside.
Result<void> TranscodePlanner::plan_fields(std::uint32_t index) {
  const auto& part = s_.parts[index];
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = s_.fields[part.first_field + i];
    const bool replaced = field.id == FieldId::content_type &&
                          !headers_[index].content_type.empty();
    if (replaced || field.id == FieldId::content_transfer_encoding) continue;
    if (auto mended = mend_field(index, field); !mended) return mended;
  }
  return {};
}

Result<void> TranscodePlanner::mend_field(std::uint32_t index,
                                          const Field& field) {
  auto changed = changed_field(index, field);
  if (!changed) return std::move(changed).error();
  if (*changed) replace(Structure::span(field), std::move(**changed));
  return {};
}

// A field that stands twice and is replaced is taken out the second time, so
// that all readers see the new one.
Result<void> TranscodePlanner::replace_fields(std::uint32_t index) {
  const auto& part = s_.parts[index];
  const auto& plan = headers_[index];
  const auto end_of = [&](std::size_t i) {
    return i + 1 < part.field_count
               ? s_.fields[part.first_field + i + 1].offset
               : part.header.end();
  };
  bool has_encoding = false;
  bool has_type = false;
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = s_.fields[part.first_field + i];
    const bool is_encoding = field.id == FieldId::content_transfer_encoding;
    if (!is_encoding && field.id != FieldId::content_type) continue;
    const auto& value = is_encoding ? plan.encoding : plan.content_type;
    if (value.empty()) {
      if (!is_encoding) continue;
      if (auto mended = mend_field(index, field); !mended) return mended;
      continue;
    }
    if (std::exchange(is_encoding ? has_encoding : has_type, true)) {
      replace({field.offset, end_of(i) - field.offset}, {});
    } else {
      replace(Structure::span(field),
              std::string(is_encoding ? kEncoding : kType) + value);
    }
  }
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
  // The header of an attached message that has none begins where that of its
  // part ends.
  if (!added.empty() && part.is_message_root && part.parent != kNoPart) {
    added.insert(0, empty_line(part.parent));
  }
  if (!added.empty() || !plan.content_type.empty() || !plan.encoding.empty()) {
    added += empty_line(index);
  }
  if (!added.empty()) replace({part.header.end(), 0}, std::move(added));
}

// The one that a header lacks, once.
std::string_view TranscodePlanner::empty_line(std::uint32_t index) {
  const auto& part = s_.parts[index];
  const bool lacks =
      part.header.end() == part.body.offset && part.body.length > 0;
  if (!lacks || ended_[index]) return {};
  ended_[index] = true;
  return "\r\n";
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
    auto encoded = encode_field(s_.name(field), s_.value(field),
                                options_.address_form);
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
  for (auto up = s_.parts[index].parent; up != kNoPart && !raw_below_[up];) {
    raw_below_[up] = true;
    up = s_.parts[up].parent;
  }
  if (report_.raw_field) return;
  const bool utf8 = is_valid_utf8(s_.whole(field));
  report_.raw_field = FieldChange{s_.id(index), std::string(s_.name(field)),
                                  utf8 ? "raw" : "not UTF-8"};
}

}  // namespace mailtool::mime
