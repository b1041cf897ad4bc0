/// \file
/// FileSink and StderrSink: where transcripts go.
#pragma once

#include <string>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// A new file, mode 0600; an existing one is emptied, a symbolic link is not
/// followed. /dev/stdout and /dev/stderr are what is open here, and nothing is
/// emptied. Each write goes out at once: a transcript is wanted most when the
/// program is killed.
class FileSink : public Sink {
 public:
  /// "-" is stdout. Fails with cannot_create.
  static Result<FileSink> create(const std::string& path);
  FileSink(FileSink&& other) noexcept;
  FileSink& operator=(FileSink&&) = delete;
  ~FileSink() override;

  Result<void> write(std::string_view octets) override;

 private:
  FileSink(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::string path_;
};

class StderrSink : public Sink {
 public:
  Result<void> write(std::string_view octets) override;
};

}  // namespace mailtool::app
