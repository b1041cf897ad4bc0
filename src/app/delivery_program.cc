#include "app/delivery_program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "app/program_words.h"
#include "app/signals.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

using store::Descriptor;

constexpr int kPause = 20;                   // ms, where there is no pidfd
constexpr std::chrono::seconds kToClean{2};  // between SIGTERM and SIGKILL

std::optional<std::string> find_in_path(const std::string& program) {
  const auto runs = [](const std::string& path) {
    struct stat found;
    return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
  };
  if (program.find('/') != program.npos) {
    return runs(program) ? std::optional(program) : std::nullopt;
  }
  const char* folders = std::getenv("PATH");
  for (const auto folder :
       split(folders != nullptr ? folders : "/usr/bin:/bin", ':')) {
    auto path = std::string(folder.empty() ? "." : folder) + "/" + program;
    if (runs(path)) return path;
  }
  return std::nullopt;
}

struct Pipe {
  Descriptor from;
  Descriptor to;
  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    from = Descriptor(ends[0]);
    to = Descriptor(ends[1]);
    return true;
  }
};

std::vector<std::string> environment(
    const DeliveryProgram::Variables& variables) {
  auto lines = environment_but([&](std::string_view line) {
    return std::any_of(variables.begin(), variables.end(),
                       [&](const auto& variable) {
                         return line.starts_with(variable.first + "=");
                       });
  });
  for (const auto& [name, value] : variables) {
    lines.push_back(name + "=" + value);
  }
  return lines;
}

// All that the child needs, made before there is a child: between fork and
// exec nothing may be allocated.
struct Start {
  const char* path;
  char* const* words;
  char* const* environment;
  int input;
  int output;
  int failure;  // errno goes there, when it cannot be run
  pid_t parent;
};

[[noreturn]] void become(const Start& start) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != start.parent) ::_exit(1);  // it died before that
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
    ::signal(signal, SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::dup2(start.input, STDIN_FILENO) >= 0 &&
      ::dup2(start.output, STDOUT_FILENO) >= 0 &&
      ::dup2(start.output, STDERR_FILENO) >= 0) {
#if defined(SYS_close_range)
    (void)::syscall(SYS_close_range, 3u, ~0u, 4u);  // CLOSE_RANGE_CLOEXEC
#endif
    ::execve(start.path, start.words, start.environment);
  }
  const int error = errno;
  (void)!::write(start.failure, &error, sizeof error);
  ::_exit(127);
}

// The errno that kept the program from running; 0 when it runs.
int failure_from(const Descriptor& pipe) {
  int error = 0;
  for (;;) {
    const auto count = ::read(pipe.get(), &error, sizeof error);
    if (count < 0 && errno == EINTR) continue;
    return count == sizeof error ? error : 0;
  }
}

// What there is to read, without waiting. False at the end.
bool take_output(int from, std::string& output) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return false;
    const auto room = DeliveryProgram::kMaxOutput - output.size();
    output.append(buffer.data(),
                  std::min(room, static_cast<std::size_t>(count)));
  }
}

int reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// Ends it and all it started, however they take signals.
void end_group(pid_t child) {
  ::kill(-child, SIGTERM);
  const auto until = std::chrono::steady_clock::now() + kToClean;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= until) {
      ::kill(-child, SIGKILL);
      (void)reap(child);
      return;
    }
    ::poll(nullptr, 0, kPause);
  }
  ::kill(-child, SIGKILL);
}

// Waits for the program's end, not for that of its output: what it left behind
// may hold that open.
Result<ProgramRun> wait_for(pid_t child, Descriptor output) {
  ProgramRun run;
  (void)::fcntl(output.get(), F_SETFL, O_NONBLOCK);
#if defined(SYS_pidfd_open)
  const Descriptor ended(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
#else
  const Descriptor ended;
#endif
  for (;;) {
    std::array<pollfd, 3> waiting{{{output.get(), POLLIN, 0},
                                   {ended.get(), POLLIN, 0},
                                   {interrupt_fd(), POLLIN, 0}}};
    const int left = time_left();
    if (left == 0 || caught_signal() != 0) {
      end_group(child);
      return left == 0 ? Error{ErrorKind::timed_out, "--deadline is reached"}
                       : Error{ErrorKind::interrupted, "interrupted"};
    }
    const bool must_look = !ended.valid() && (left < 0 || left > kPause);
    ::poll(waiting.data(), waiting.size(), must_look ? kPause : left);
    if (output.valid() && !take_output(output.get(), run.output)) {
      output.reset();
    }
    int status = 0;
    const auto reaped = ::waitpid(child, &status, WNOHANG);
    if (reaped == 0 || (reaped < 0 && errno == EINTR)) continue;
    if (output.valid()) (void)take_output(output.get(), run.output);
    if (reaped < 0) return Error{ErrorKind::system, std::strerror(errno)};
    if (WIFEXITED(status)) run.status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) run.signal = WTERMSIG(status);
    return run;
  }
}

}  // namespace

Result<DeliveryProgram> DeliveryProgram::find(std::vector<std::string> words) {
  auto path = find_in_path(words.front());
  if (!path) {
    return Error{
        ErrorKind::cannot_create,
        "no such program, or it may not be run: " + printable(words.front())};
  }
  return DeliveryProgram(std::move(words), *std::move(path));
}

std::string DeliveryProgram::name() const { return printable(words_.front()); }

Result<ProgramRun> DeliveryProgram::run(int input,
                                        const Variables& variables) const {
  Pipe output;
  Pipe failure;
  if (!output.open() || !failure.open()) {
    return Error{ErrorKind::system, std::strerror(errno), name()};
  }
  const auto lines = environment(variables);
  const auto words = pointers(words_);
  const auto strings = pointers(lines);
  const Start start{path_.c_str(),   words.data(),     strings.data(), input,
                    output.to.get(), failure.to.get(), ::getpid()};
  const pid_t child = ::fork();
  if (child < 0) return Error{ErrorKind::system, std::strerror(errno), name()};
  if (child == 0) become(start);
  ::setpgid(child, child);  // whoever of us comes first
  output.to.reset();
  failure.to.reset();
  if (const int error = failure_from(failure.from); error != 0) {
    (void)reap(child);
    return Error{ErrorKind::cannot_create,
                 std::string("cannot run it: ") + std::strerror(error), name()};
  }
  auto run = wait_for(child, std::move(output.from));
  if (!run) return std::move(run).error().at(name());
  return run;
}

}  // namespace mailtool::app
