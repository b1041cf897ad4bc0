#include "cli/ask_secret.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "app/signals.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

constexpr std::size_t kLongest = 4096;

class Tty {
 public:
  Tty() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {}
  Tty(const Tty&) = delete;
  Tty& operator=(const Tty&) = delete;
  ~Tty() {
    if (silent_) (void)::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] int descriptor() const { return descriptor_; }

  // Ctrl-C still comes as a signal; Ctrl-Z would leave a silent terminal.
  bool hush() {
    if (::tcgetattr(descriptor_, &before_) != 0) return false;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
    silent_ = ::tcsetattr(descriptor_, TCSAFLUSH, &quiet) == 0;
    return silent_;
  }

  void write(std::string_view text) {
    (void)!::write(descriptor_, text.data(), text.size());
  }

 private:
  int descriptor_;
  bool silent_ = false;
  termios before_{};
};

Error cannot_ask(std::string what) {
  return Error{ErrorKind::no_auth, std::move(what)};
}

Result<void> wait_for(int descriptor) {
  pollfd waiting[2] = {{descriptor, POLLIN, 0},
                       {app::interrupt_fd(), POLLIN, 0}};
  int ready = 0;
  while ((ready = ::poll(waiting, 2, app::time_left())) < 0 && errno == EINTR) {
  }
  if ((waiting[1].revents & POLLIN) != 0) {
    return Error{ErrorKind::interrupted, "stopped by a signal"};
  }
  if (ready == 0) {
    return Error{ErrorKind::timed_out, "no password was typed in time",
                 "--deadline"};
  }
  return {};
}

// One line, without its end, into `line`.
Result<void> read_line(int descriptor, std::string& line) {
  for (;;) {
    if (auto ready = wait_for(descriptor); !ready) return ready;
    char c = 0;
    const auto count = ::read(descriptor, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return Error{ErrorKind::local_io, std::strerror(errno), "/dev/tty"};
    }
    if (count == 0) return cannot_ask("no password was typed");
    if (c == '\n') return {};
    if (line.size() == kLongest) return cannot_ask("the password is too long");
    line += c;
  }
}

}  // namespace

Result<Secret> ask_secret(std::string_view prompt) {
  Tty tty;
  if (tty.descriptor() < 0) {
    return cannot_ask("there is no terminal to ask on");
  }
  if (!tty.hush()) return cannot_ask("the terminal cannot be made silent");
  tty.write(printable(prompt));
  std::string line;
  line.reserve(kLongest);  // no copy is left behind by growth
  auto read = read_line(tty.descriptor(), line);
  tty.write("\n");
  Secret secret(line);
  wipe(line);
  if (!read) return std::move(read).error();
  return secret;
}

}  // namespace mailtool::cli
