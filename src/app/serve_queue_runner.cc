#include "app/serve_queue_runner.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <vector>

#include "app/output.h"
#include "app/program_words.h"
#include "app/queue_served_way.h"

namespace mailtool::app {
namespace {

// What is left of a delivery when we end.
constexpr std::chrono::seconds kToEnd{10};
constexpr int kLookMilliseconds = 20;

// Ours, but for what would have the user's own settings tell how mail goes.
std::vector<std::string> environment(const std::string& state_folder) {
  auto lines = environment_but([](std::string_view line) {
    return line.starts_with("XDG_STATE_HOME=") || line.starts_with("MAILTOOL_");
  });
  lines.push_back("XDG_STATE_HOME=" + state_folder);
  return lines;
}

struct Start {
  char* const* words;
  char* const* environment;
  int null;  // for its standard input and output; its errors are ours
  pid_t parent;
};

// Between fork and exec nothing may be allocated. In a process group of its own
// it does not hear a ^C that is for us.
[[noreturn]] void become(const Start& start) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != start.parent) ::_exit(1);  // it died before that
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGXFSZ}) {
    ::signal(signal, SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::dup2(start.null, STDIN_FILENO) >= 0 &&
      ::dup2(start.null, STDOUT_FILENO) >= 0) {
    ::execve("/proc/self/exe", start.words, start.environment);
  }
  ::_exit(71);
}

}  // namespace

Result<ServeQueueRunner> ServeQueueRunner::start(
    const std::string& state_folder, const ServeWay& way) {
  auto folder = store::QueueFolder::open(state_folder + "/mailtool/queue");
  if (!folder) return std::move(folder).error();
  ServeQueueRunner runner(state_folder, *std::move(folder), served_way(way));
  if (auto started = runner.start_child(); !started) {
    return std::move(started).error();
  }
  return runner;
}

// By the way of another run nothing is to go: there is no process before there
// is the way.
Result<void> ServeQueueRunner::start_child() {
  using std::chrono::microseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto written = write_served_way(
      folder_, way_, std::chrono::duration_cast<microseconds>(now).count());
  if (written) return spawn();
  ended_ = Clock::now();
  if (!std::exchange(told_, true)) {
    warn("serve", "what waits in the queue is not sent as yet: " +
                      written.error().one_line());
  }
  return {};
}

Result<void> ServeQueueRunner::spawn() {
  const std::vector<std::string> words{"mailtool", "queue",    "run",
                                       "--watch",  "--config", "/dev/null"};
  const auto lines = environment(state_folder_);
  const auto argv = pointers(words);
  const auto envp = pointers(lines);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return Error{ErrorKind::system, std::strerror(errno)};
  const Start start{argv.data(), envp.data(), null, ::getpid()};
  const pid_t child = ::fork();
  if (child == 0) become(start);
  const int failed = errno;
  ::close(null);
  if (child < 0) return Error{ErrorKind::system, std::strerror(failed)};
  ::setpgid(child, child);  // whoever of us comes first
  child_ = child;
  return {};
}

void ServeQueueRunner::upkeep() {
  if (child_ >= 0) {
    int status = 0;
    if (::waitpid(child_, &status, WNOHANG) != child_) return;
    child_ = -1;
    ended_ = Clock::now();
    warn("serve", "what sends the queue has ended; it is started again");
    return;
  }
  if (Clock::now() - ended_ < kPause) return;
  // Where there is no process now there is one later.
  if (!start_child()) ended_ = Clock::now();
}

ServeQueueRunner::~ServeQueueRunner() {
  if (child_ < 0) return;
  ::kill(child_, SIGTERM);
  const auto until = Clock::now() + kToEnd;
  int status = 0;
  while (::waitpid(child_, &status, WNOHANG) == 0) {
    if (Clock::now() < until) {
      ::poll(nullptr, 0, kLookMilliseconds);
      continue;
    }
    ::kill(child_, SIGKILL);
    (void)::waitpid(child_, &status, 0);
    return;
  }
}

}  // namespace mailtool::app
