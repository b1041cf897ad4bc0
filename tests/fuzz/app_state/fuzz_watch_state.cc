// Property: whatever the file of a watch holds, it is refused or it is marks
// that are written so that they are read again as the same.

#include <cstdint>
#include <cstdlib>

#include "app/imap_watch_state.h"

using namespace mailtool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  constexpr std::string_view kAccount = "bob@mail.example";
  constexpr std::string_view kFolder = "INBOX";
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  const auto marks = app::parse_watch_marks(text, kAccount, kFolder);
  if (!marks) return 0;
  if (marks->failed.size() > app::kMostFailed || marks->uidnext == 0) {
    std::abort();
  }
  const auto written = app::to_text(*marks, kAccount, kFolder);
  if (app::parse_watch_marks(written, kAccount, kFolder) != marks) std::abort();
  // Of another folder it is none.
  if (app::parse_watch_marks(written, kAccount, "Archive")) std::abort();
  return 0;
}
