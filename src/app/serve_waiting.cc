#include "app/serve_waiting.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "app/queue_state.h"
#include "mailtool/base/printable.h"
#include "mailtool/store/queue_folder.h"

namespace mailtool::app {
namespace {

void add(std::size_t count, const char* what, std::string& to) {
  if (count == 0) return;
  to += (to.empty() ? "" : ", ") + std::to_string(count) + " " + what;
}

// What is not simply sent: "2 held, 1 damaged".
std::string exceptions(const store::QueueFolder& folder,
                       const std::vector<std::string>& ids) {
  std::size_t held = 0;
  std::size_t failed = 0;
  std::size_t damaged = 0;
  for (const auto& id : ids) {
    const auto text = folder.peek(id);
    const auto state =
        text ? parse_queue_state(*text) : Result<QueueState>(text.error());
    if (!state) {
      if (state.error().kind == ErrorKind::bad_input) ++damaged;
      continue;
    }
    if (state->held) ++held;
    const auto& all = state->recipients;
    if (std::any_of(all.begin(), all.end(), [](const auto& one) {
          return one.outcome == QueueOutcome::failed;
        })) {
      ++failed;
    }
  }
  std::string told;
  add(held, "held", told);
  add(failed, "failed for good for some", told);
  add(damaged, "damaged", told);
  return told;
}

}  // namespace

std::string waiting_text(const std::string& folder) {
  std::error_code failed;
  auto path = folder + "/mailtool/queue";
  if (const auto whole = std::filesystem::absolute(path, failed); !failed) {
    path = whole.lexically_normal().string();
  }
  struct stat status {};
  // Who only looks leaves no folder behind.
  if (::stat(path.c_str(), &status) != 0) return "";
  const auto queue = store::QueueFolder::open(path);
  if (!queue) return "";
  const auto ids = queue->ids();
  if (!ids || ids->empty()) return "";
  auto told = std::to_string(ids->size()) +
              (ids->size() == 1 ? " message waits in " : " messages wait in ") +
              printable(path, 4096);
  if (ids->size() <= kWaitingLookedAt) {
    const auto but = exceptions(*queue, *ids);
    if (!but.empty()) told += " (" + but + ")";
  }
  return told + ": with --dns or --dns-server the server sends what is queued";
}

}  // namespace mailtool::app
