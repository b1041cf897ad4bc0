// Property: whatever a state file holds, it is read or refused in one line;
// each unique-id read is one that a server can list, and there once. The first
// octet chooses the format.

#include <cstdint>
#include <cstdlib>

#include "app/import_state.h"
#include "mailtool/base/ascii.h"
#include "mailtool/pop3/listing.h"

using namespace mailtool;

namespace {

void check(const app::ImportedIds& ids) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto uid = ids.uid(i);
    if (uid.empty() || uid.size() > pop3::kUidOctets) std::abort();
    for (const char c : uid) {
      if (c <= ' ' || c >= '\x7f') std::abort();
    }
    if (i > 0 && ids.uid(i - 1) >= uid) std::abort();
    if (ids.first_seen(i) < 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  if (n == 0) return 0;
  const auto format = static_cast<app::ImportFormat>(data[0] % 4);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, n - 1);
  StringSource source(text);
  const auto state =
      app::read_import({format, "state"}, source, {"bob", "localhost"});
  if (state) {
    check(state->known);
    return 0;
  }
  const auto& error = state.error();
  if (error.kind != ErrorKind::bad_input && error.kind != ErrorKind::no_input) {
    std::abort();
  }
  if (has_line_break_or_nul(error.one_line())) std::abort();
  return 0;
}
