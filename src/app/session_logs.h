/// \file
/// SessionLogs: where -v and --transcript of one run go.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <string>

#include "app/file_sink.h"
#include "app/session_log.h"

namespace mailtool::app {

/// Connectors that share it write into the same logs: what several accounts say
/// can be told apart, and one file is not written over by the next. Outlives
/// their connections. Safe to use from many threads.
class SessionLogs {
 public:
  /// The log in `path`, which is emptied when it is first asked for. Fails
  /// with cannot_create.
  Result<SessionLog*> transcript(const std::string& path);
  /// The log on stderr.
  SessionLog& verbose();

 private:
  struct File {
    File(std::string name, FileSink to)
        : path(std::move(name)), sink(std::move(to)), log(sink, 0) {}
    std::string path;
    FileSink sink;
    SessionLog log;
  };

  std::mutex mutex_;
  std::list<File> files_;
  StderrSink stderr_;
  std::optional<SessionLog> verbose_;
};

}  // namespace mailtool::app
