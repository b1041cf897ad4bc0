// Property: whatever a record of a change holds, it is refused in one line, or
// written so that it is read again as the same; and of no beginning of it more
// is taken back than of the whole.

#include <cstdint>
#include <cstdlib>

#include "app/imap_undo_record.h"
#include "mailtool/base/ascii.h"

using namespace mailtool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  const auto record = app::parse_undo_record(text);
  if (!record) {
    if (record.error().kind != ErrorKind::config) std::abort();
    if (has_line_break_or_nul(record.error().one_line())) std::abort();
    return 0;
  }
  if (record->verb.empty()) {
    if (!record->parts.empty() || record->finished) std::abort();
    return 0;
  }
  auto written = app::to_text(*record);
  for (const auto& part : record->parts) written += app::to_text(part);
  if (record->finished) written += app::kUndoEnd;
  if (record->overtaken) written += app::kUndoOvertaken;
  const auto again = app::parse_undo_record(written);
  if (!again || again->owner != record->owner || again->time != record->time ||
      again->verb != record->verb || again->finished != record->finished ||
      again->overtaken != record->overtaken ||
      again->parts != record->parts ||
      again->complete() != record->complete()) {
    std::abort();
  }
  const auto cut = app::parse_undo_record(
      std::string_view(written).substr(0, written.size() / 2));
  if (cut && cut->parts.size() > record->parts.size()) std::abort();
  return 0;
}
