// Values that a header could be built of; headers of fragments that stay one.

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/partial.h"
#include "mailtool/mime/report.h"
#include "require.h"

namespace mailtool::mime {
namespace {

void check(const std::string& text) {
  require(is_valid_utf8(text) && !has_line_break_or_nul(text));
}

void check(const TypedValue& typed) {
  check(typed.type);
  check(typed.value);
}

void check(const ReportGroup& group) {
  for (const auto& field : group.fields) {
    check(field.name);
    check(field.value);
  }
  const auto about = delivery_status(group);
  check(about.original_envelope_id);
  check(about.reporting_mta);
  const auto recipient = recipient_status(group);
  check(recipient.final_recipient);
  check(recipient.status);
  const auto disposition = disposition_notification(group);
  check(disposition.type);
  for (const auto& modifier : disposition.modifiers) check(modifier);
  check(feedback(group).original_mail_from);
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::mime;
  const auto text = as_text(data, size);
  for (const auto kind :
       {ReportKind::delivery_status, ReportKind::disposition_notification,
        ReportKind::feedback}) {
    const auto report = parse_report(kind, text);
    for (const auto& group : report.groups) check(group);
  }
  const auto half = text.substr(0, size / 2), rest = text.substr(size / 2);
  const auto merged = merge_fragment_headers(half, rest);
  require(inner_header_octets(merged) == merged.size());
  require(merge_fragment_headers(merged, merged).size() <= merged.size());
  if (const auto fragment = parse_fragment(text)) {
    require(fragment->number >= 1 && fragment->number <= kMaxFragments);
  }
  return 0;
}
