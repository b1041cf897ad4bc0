#include "app/imap_alert.h"

#include <mutex>
#include <set>
#include <string>
#include <variant>

#include "app/output.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// A server that has more to say than this is not speaking to a user.
constexpr std::size_t kMostAlerts = 100;

}  // namespace

void show_alert(const imap::Response& data) {
  const auto* status = std::get_if<imap::StatusResponse>(&data);
  if (status == nullptr || !status->has_code("ALERT")) return;
  // A session that is made again, or one beside it, says the same.
  static std::mutex mutex;
  static std::set<std::string> told;
  const std::lock_guard lock(mutex);
  const auto text = printable(status->text);
  if (text.empty() || told.size() == kMostAlerts) return;
  if (told.insert(text).second) warn("imap", "alert of the server: " + text);
}

}  // namespace mailtool::app
