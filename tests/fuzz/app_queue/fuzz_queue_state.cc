// Property: whatever the file holds, it is a state or it is refused in one
// line; what was read is written so that it is read again as the same; and a
// notification about it is 7 bit.

#include <cstdint>
#include <cstdlib>

#include "app/queue_report.h"
#include "app/queue_schedule.h"
#include "mailtool/base/ascii.h"

using namespace mailtool;

namespace {

void report_on(const app::QueueState& state) {
  StringSource original("Subject: x\r\n\r\nbody\r\n");
  StringSink sink(1 << 26);
  app::ReportOrigin origin;
  origin.host = "host.example";
  origin.from = "MAILER-DAEMON@host.example";
  origin.now = 1'790'000'000;
  origin.token = "abcdefghijklmnopqrst";
  for (const auto kind : {app::ReportKind::failed, app::ReportKind::delayed}) {
    const auto done = app::write_report(kind, state, {&state.recipients[0]},
                                        origin, original, sink);
    if (!done || !is_ascii(sink.text())) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  if (const auto way = app::parse_served_way(text)) {
    const auto again = app::parse_served_way(app::to_toml(*way));
    if (!again || app::to_toml(*again) != app::to_toml(*way)) std::abort();
  }
  const auto state = app::parse_queue_state(text);
  if (!state) {
    if (state.error().kind != ErrorKind::bad_input) std::abort();
    if (has_line_break_or_nul(state.error().one_line())) std::abort();
    return 0;
  }
  const auto written = app::to_toml(*state);
  const auto again = app::parse_queue_state(written);
  if (!again || app::to_toml(*again) != written) std::abort();
  const auto now = state->queued_at;
  for (const auto& recipient : state->recipients) {
    const auto next = app::next_try(*state, recipient, now);
    if (next && *next < now) std::abort();
    (void)app::is_due(*state, recipient, now);
  }
  report_on(*state);
  return 0;
}
