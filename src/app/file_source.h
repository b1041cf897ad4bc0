/// \file
/// FileSource: a file or stdin as a Source.
#pragma once

#include <cstdint>
#include <string>

#include "mailtool/base/sink.h"

namespace mailtool::app {

class FileSource : public Source {
 public:
  /// `path` "-" is stdin. Fails with no_input, also for a folder.
  static Result<FileSource> open(const std::string& path);
  /// Stdin, which from now on is empty for everyone else. Fails with system.
  static Result<FileSource> take_stdin();
  FileSource(FileSource&& other) noexcept;
  FileSource& operator=(FileSource&&) = delete;
  ~FileSource() override;

  /// Fails with local_io; with interrupted when a signal came while waiting.
  Result<std::size_t> read_some(std::span<char> into) override;

  /// For fstat and pread; stays ours.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Where a file stands that was handed to us open; 0 where it cannot seek.
  [[nodiscard]] std::uint64_t position() const;

 private:
  FileSource(int descriptor, std::string name)
      : descriptor_(descriptor), name_(std::move(name)) {}

  int descriptor_;
  std::string name_;  ///< as errors name it
};

}  // namespace mailtool::app
