#include "app/output.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <unistd.h>

#include "app/reader_gone.h"
#include "app/report_place.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kBufferOctets = 64 * 1024;

// Returns 0 or the errno that stopped it.
int write_fully(int descriptor, std::string_view octets) {
  while (!octets.empty()) {
    const auto written = ::write(descriptor, octets.data(), octets.size());
    if (written >= 0) {
      octets.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// The reader has gone. A filter says nothing and dies of SIGPIPE, also where
// the signal was ignored by whoever started us.
[[noreturn]] void die_of_sigpipe() {
  ReaderGone::happens();
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  _exit(128 + SIGPIPE);  // where SIGPIPE is blocked
}

Error cannot_write(int error) {
  return Error{ErrorKind::local_io,
               std::string("cannot write to stdout: ") + std::strerror(error)};
}

}  // namespace

Output::~Output() { (void)flush(); }

Result<void> Output::write(std::string_view octets) {
  if (failed_errno_ != 0) return cannot_write(failed_errno_);
  if (buffer_.size() + octets.size() > kBufferOctets) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  if (octets.size() < kBufferOctets) {
    buffer_ += octets;
    return {};
  }
  failed_errno_ = write_fully(descriptor_, octets);
  if (failed_errno_ == EPIPE) die_of_sigpipe();
  if (failed_errno_ != 0) return cannot_write(failed_errno_);
  return {};
}

Result<void> Output::flush() {
  if (failed_errno_ != 0) return cannot_write(failed_errno_);
  failed_errno_ = write_fully(descriptor_, buffer_);
  buffer_.clear();
  if (failed_errno_ == EPIPE) die_of_sigpipe();
  if (failed_errno_ != 0) return cannot_write(failed_errno_);
  return {};
}

void warn(std::string_view command, std::string_view text) {
  std::string line = "mailtool: ";
  if (!command.empty()) line.append(command).append(": ");
  if (const auto place = ReportPlace::now(); !place.empty()) {
    line.append(place).append(": ");
  }
  line.append(text).append("\n");
  (void)write_fully(STDERR_FILENO, line);
}

void report_error(std::string_view command, const Error& error) {
  warn(command, error.one_line());
  if (error.hint.empty()) return;
  (void)write_fully(STDERR_FILENO, "hint: " + error.hint + "\n");
}

}  // namespace mailtool::app
