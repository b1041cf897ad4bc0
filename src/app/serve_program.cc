#include "app/serve_program.h"

#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "app/end_waits.h"
#include "app/program_words.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

std::vector<std::string> environment(const ServeProgram::Variables& variables) {
  auto lines = environment_but([&](std::string_view line) {
    return std::any_of(
        variables.begin(), variables.end(),
        [&](const auto& one) { return line.starts_with(one.first + "="); });
  });
  for (const auto& [name, value] : variables) {
    if (!value.empty()) lines.push_back(name + "=" + value);
  }
  return lines;
}

// 0 or errno. A child must not inherit what we ignore.
int spawn(const std::vector<std::string>& words,
          const ServeProgram::Variables& variables, pid_t& child) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t reset;
  sigemptyset(&reset);
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGTERM}) {
    sigaddset(&reset, signal);
  }
  posix_spawnattr_setsigdefault(&attributes, &reset);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const auto lines = environment(variables);
  const auto argv = pointers(words);
  const auto envp = pointers(lines);
  const int failed = ::posix_spawnp(&child, argv[0], nullptr, &attributes,
                                    argv.data(), envp.data());
  posix_spawnattr_destroy(&attributes);
  return failed;
}

}  // namespace

ServeProgram::ServeProgram(pid_t child, store::Descriptor ended)
    : child_(child), ended_(std::move(ended)) {
  // It stays to be waited for, so that its number is no other's meanwhile.
  waiter_ = std::thread([child, event = ended_.get()] {
    siginfo_t info;
    while (::waitid(P_PID, static_cast<id_t>(child), &info,
                    WEXITED | WNOWAIT) != 0 &&
           errno == EINTR) {
    }
    const std::uint64_t one = 1;
    (void)!::write(event, &one, sizeof one);
    end_waits();
  });
}

ServeProgram::ServeProgram(ServeProgram&& other) noexcept
    : child_(std::exchange(other.child_, -1)),
      ended_(std::move(other.ended_)),
      waiter_(std::move(other.waiter_)) {}

ServeProgram::~ServeProgram() {
  if (child_ < 0) return;
  send(SIGTERM);
  (void)status();
}

Result<ServeProgram> ServeProgram::start(const std::vector<std::string>& words,
                                         const Variables& variables) {
  const auto name = "'" + printable(words[0], 200) + "'";
  store::Descriptor ended(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!ended.valid()) {
    return Error{ErrorKind::system, std::strerror(errno), name};
  }
  pid_t child = -1;
  if (const int failed = spawn(words, variables, child); failed != 0) {
    return Error{failed == EAGAIN || failed == ENOMEM ? ErrorKind::system
                                                      : ErrorKind::no_input,
                 std::string("cannot run: ") + std::strerror(failed), name};
  }
  return ServeProgram(child, std::move(ended));
}

bool ServeProgram::has_ended() const {
  pollfd ended{ended_.get(), POLLIN, 0};
  return ::poll(&ended, 1, 0) > 0;
}

void ServeProgram::send(int signal) const { (void)::kill(child_, signal); }

ExitStatus ServeProgram::status() {
  waiter_.join();
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
  const int code =
      WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return static_cast<ExitStatus>(code);
}

}  // namespace mailtool::app
