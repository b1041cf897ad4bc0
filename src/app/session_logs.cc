#include "app/session_logs.h"

namespace mailtool::app {
namespace {

// Lines of one side shown in a row by -v: a body is not a dialogue.
constexpr std::size_t kShownLines = 40;

}  // namespace

Result<SessionLog*> SessionLogs::transcript(const std::string& path) {
  const std::lock_guard lock(mutex_);
  for (auto& file : files_) {
    if (file.path == path) return &file.log;
  }
  auto sink = FileSink::create(path);
  if (!sink) return std::move(sink).error();
  return &files_.emplace_back(path, std::move(*sink)).log;
}

SessionLog& SessionLogs::verbose() {
  const std::lock_guard lock(mutex_);
  if (!verbose_) verbose_.emplace(stderr_, kShownLines);
  return *verbose_;
}

}  // namespace mailtool::app
