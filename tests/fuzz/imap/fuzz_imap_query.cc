// Whatever a user types, what goes to the server is one command; and a set of
// UIDs that is read is written and read again.

#include <cstdint>
#include <cstdlib>

#include "app/imap_query_plan.h"
#include "app/imap_uid_lines.h"
#include "app/imap_uid_set.h"
#include "mailtool/base/ascii.h"

namespace {

using namespace mailtool;

void check_key(const imap::SearchKey& key) {
  imap::CommandBuilder builder("UID SEARCH");
  append_search_key(builder, key);
  const auto command = builder.build();
  // All that a query may hold can be sent.
  if (!command) std::abort();
  for (const auto& fragment : command->fragments) {
    if (!fragment.literal && has_line_break_or_nul(fragment.octets)) {
      std::abort();
    }
  }
}

void check_query(std::string_view text) {
  app::QueryClock clock;
  clock.now = 1'800'000'000;
  clock.midnight = [](const imap::Date& date) -> std::int64_t {
    return 86400LL * (date.year * 366 + date.month * 31 + date.day);
  };
  const auto query = app::parse_query(text, clock);
  if (!query) return;
  for (const int server : {0, 1, 2, 3}) {
    const app::QueryServer asked{.within = (server & 1) != 0,
                                 .utf8 = (server & 2) != 0};
    const auto plan = app::plan_query(*query, asked);
    if (!plan) continue;
    check_key(plan->candidates);
    if (plan->certain) check_key(*plan->certain);
    for (const auto& part : plan->parts) check_key(part);
    const bool whole = app::is_whole_on_server(*query, asked);
    if (whole == plan->check.has_value()) std::abort();
  }
}

void check_uid_set(const Result<std::vector<app::UidBlock>>& blocks) {
  if (!blocks || blocks->empty()) return;
  StringSink out(16 * 1024 * 1024);
  for (const auto& block : *blocks) {
    if (!app::write_uid_block(out, block)) return;
  }
  const auto again = app::read_uid_blocks(out.text());
  if (!again || *again != *blocks) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  check_query(text);
  check_uid_set(app::read_uid_blocks(text));
  check_uid_set(app::read_uid_lines(text, true));
  return 0;
}
