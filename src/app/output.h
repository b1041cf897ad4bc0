/// \file
/// Output: buffered stdout, and the lines that go to stderr.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Octets to a file descriptor through a 64 KiB buffer. flush() before the
/// exit status is decided: a full disk behind `> file` must not be success.
class Output : public Sink {
 public:
  explicit Output(int descriptor) : descriptor_(descriptor) {}
  ~Output() override;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Fails with local_io; after that every call fails the same way. A reader
  /// that has gone (EPIPE) ends the program quietly by SIGPIPE, as filters do.
  Result<void> write(std::string_view octets) override;
  Result<void> flush();

 private:
  int descriptor_;
  std::string buffer_;
  int failed_errno_ = 0;
};

/// One line on stderr: "mailtool: COMMAND: text". Text must be printable.
void warn(std::string_view command, std::string_view text);

/// The line of an error, and its hint where there is one:
/// "mailtool: fetch: pop3s://bob@mail.example: USER bob: refused: …".
void report_error(std::string_view command, const Error& error);

}  // namespace mailtool::app
