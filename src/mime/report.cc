// The groups of fields in reports: RFC 3464 section 2.1, RFC 8098 section 3.1,
// RFC 5965 section 3.
#include "mailtool/mime/report.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/header.h"

namespace mailtool::mime {
namespace {

// A field that tells of one recipient: RFC 3464 section 2.3.
bool is_about_recipient(const ReportField& field) {
  return iequals(field.name, "Original-Recipient") ||
         iequals(field.name, "Final-Recipient") ||
         iequals(field.name, "Action") || iequals(field.name, "Status");
}

// delivery-status-content = per-message-fields 1*(CRLF per-recipient-fields)
//
// Lenient: any number of empty lines stands between groups; a line that is no
// field is left out. Test: "Table" in report_test.cc.
class GroupReader {
 public:
  explicit GroupReader(Report& report) : report_(report) {}

  void take_line(std::string_view line) {
    if (trim(line).empty()) return end_group();
    if (is_blank(line.front())) {
      // The rest of a line that was no field is none either.
      if (!name_.empty()) raw_ += line;
      return;
    }
    end_field();
    const auto colon = line.find(':');
    const auto name = trim(line.substr(0, std::min(colon, line.size())));
    if (colon == line.npos || !is_field_name(name)) {
      report_.defective = true;
      return;
    }
    name_ = name;
    raw_ = line.substr(colon + 1);
  }

  void end_group() {
    end_field();
    // Only a delivery status has several groups.
    ended_ = ended_ || report_.kind == ReportKind::delivery_status;
  }

  // True once no more is read.
  [[nodiscard]] bool full() const { return full_; }

 private:
  void end_field() {
    if (name_.empty()) return;
    auto field = ReportField{std::exchange(name_, {}), value()};
    if (report_.groups.empty() || std::exchange(ended_, false)) {
      if (report_.groups.size() == kMaxReportGroups) return refuse();
      report_.groups.emplace_back();
    }
    if (fields_ == kMaxReportFields) return refuse();
    ++fields_;
    report_.groups.back().fields.push_back(std::move(field));
  }

  void refuse() { full_ = report_.defective = true; }

  [[nodiscard]] std::string value() const {
    auto text = undeclared_to_utf8(trim(raw_));
    for (auto& c : text) {
      if (c == '\r' || c == '\n' || c == '\0') c = ' ';
    }
    return text;
  }

  Report& report_;
  std::string name_, raw_;  // of the field being read
  std::size_t fields_ = 0;
  bool ended_ = false;  // the next field begins a group
  bool full_ = false;
};

// The group about the message may be missing, or not be divided from the first
// about a recipient.
void divide_first_group(std::vector<ReportGroup>& groups) {
  if (groups.empty()) return;
  auto& fields = groups.front().fields;
  const auto recipient =
      std::find_if(fields.begin(), fields.end(), is_about_recipient);
  if (recipient == fields.end()) return;
  ReportGroup rest;
  rest.fields.assign(std::make_move_iterator(recipient),
                     std::make_move_iterator(fields.end()));
  fields.erase(recipient, fields.end());
  groups.insert(groups.begin() + 1, std::move(rest));
}

}  // namespace

std::optional<ReportKind> report_kind(std::string_view media_type) noexcept {
  if (media_type == "message/delivery-status" ||
      media_type == "message/global-delivery-status") {
    return ReportKind::delivery_status;
  }
  if (media_type == "message/disposition-notification" ||
      media_type == "message/global-disposition-notification") {
    return ReportKind::disposition_notification;
  }
  if (media_type == "message/feedback-report") return ReportKind::feedback;
  return std::nullopt;
}

const std::string* ReportGroup::find(std::string_view name) const {
  const auto found = std::find_if(
      fields.begin(), fields.end(),
      [&](const auto& field) { return iequals(field.name, name); });
  return found == fields.end() ? nullptr : &found->value;
}

std::vector<std::string_view> ReportGroup::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& field : fields) {
    if (iequals(field.name, name)) values.push_back(field.value);
  }
  return values;
}

// typed = type ";" value, with blanks around either
std::optional<TypedValue> ReportGroup::typed(std::string_view name) const {
  const auto* text = find(name);
  if (text == nullptr) return std::nullopt;
  const auto semicolon = text->find(';');
  if (semicolon == text->npos) return TypedValue{{}, *text};
  const auto view = std::string_view(*text);
  TypedValue typed;
  typed.type = lower(trim(view.substr(0, semicolon)));
  typed.value = trim(view.substr(semicolon + 1));
  if (typed.type == "utf-8") typed.value = decode_utf8_address(typed.value);
  return typed;
}

std::optional<DateTime> ReportGroup::date(std::string_view name) const {
  const auto* text = find(name);
  return text == nullptr ? std::nullopt : parse_date_time(*text);
}

Report parse_report(ReportKind kind, std::string_view body) {
  Report report;
  report.kind = kind;
  report.defective = body.size() > kMaxReportOctets;
  body = body.substr(0, kMaxReportOctets);
  GroupReader reader(report);
  while (!body.empty() && !reader.full()) {
    const auto end = std::min(body.find('\n'), body.size());
    auto line = body.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    reader.take_line(line);
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  reader.end_group();
  if (kind == ReportKind::delivery_status) divide_first_group(report.groups);
  return report;
}

}  // namespace mailtool::mime
