// Runs a program and kills it at one of the system calls that matter:
//
//   kill_at_syscall REPORT N PROGRAM ARGS...
//
// SIGKILL on entry of the Nth call (from 1; 0: never) that may change a disk,
// or that talks to a peer or a child: the call itself is not made. Threads are
// followed, children are not. REPORT gets "CALLS NAME": how many such calls
// there were, and which was the last. Exits as the program did, 137 where it
// was killed, 125 where it could not be run.
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

// Which calls of one number count.
enum class When { always, writable_open, socket, written_file, lock };

struct Call {
  long number;
  const char* name;
  When when;
};

const Call kCalls[] = {
#ifdef SYS_open
    {SYS_open, "open", When::writable_open},
    {SYS_creat, "creat", When::always},
    {SYS_rename, "rename", When::always},
    {SYS_link, "link", When::always},
    {SYS_unlink, "unlink", When::always},
    {SYS_mkdir, "mkdir", When::always},
    {SYS_rmdir, "rmdir", When::always},
    {SYS_chmod, "chmod", When::always},
    {SYS_symlink, "symlink", When::always},
    {SYS_vfork, "vfork", When::always},
    {SYS_fork, "fork", When::always},
#endif
    {SYS_openat, "openat", When::writable_open},
    {SYS_close, "close", When::written_file},
    {SYS_read, "read", When::socket},
    {SYS_readv, "readv", When::socket},
    {SYS_recvfrom, "recvfrom", When::always},
    {SYS_recvmsg, "recvmsg", When::always},
    {SYS_write, "write", When::always},
    {SYS_writev, "writev", When::always},
    {SYS_pwrite64, "pwrite64", When::always},
    {SYS_pwritev, "pwritev", When::always},
    {SYS_sendto, "sendto", When::always},
    {SYS_sendmsg, "sendmsg", When::always},
    {SYS_sendfile, "sendfile", When::always},
    {SYS_splice, "splice", When::always},
    {SYS_copy_file_range, "copy_file_range", When::always},
    {SYS_connect, "connect", When::always},
    {SYS_shutdown, "shutdown", When::always},
    {SYS_fsync, "fsync", When::always},
    {SYS_fdatasync, "fdatasync", When::always},
    {SYS_syncfs, "syncfs", When::always},
    {SYS_sync_file_range, "sync_file_range", When::always},
    {SYS_renameat, "renameat", When::always},
    {SYS_renameat2, "renameat2", When::always},
    {SYS_linkat, "linkat", When::always},
    {SYS_unlinkat, "unlinkat", When::always},
    {SYS_symlinkat, "symlinkat", When::always},
    {SYS_mkdirat, "mkdirat", When::always},
    {SYS_ftruncate, "ftruncate", When::always},
    {SYS_truncate, "truncate", When::always},
    {SYS_fallocate, "fallocate", When::always},
    {SYS_fchmod, "fchmod", When::always},
    {SYS_fchmodat, "fchmodat", When::always},
    {SYS_utimensat, "utimensat", When::always},
    {SYS_flock, "flock", When::always},
    {SYS_fcntl, "fcntl", When::lock},
    {SYS_clone, "clone", When::always},
    {SYS_clone3, "clone3", When::always},
    {SYS_wait4, "wait4", When::always},
    {SYS_waitid, "waitid", When::always},
    {SYS_exit_group, "exit_group", When::always},
};

std::string descriptor_entry(pid_t thread, const char* table,
                             std::uint64_t descriptor) {
  return "/proc/" + std::to_string(thread) + "/" + table + "/" +
         std::to_string(descriptor);
}

std::string target(pid_t thread, std::uint64_t descriptor) {
  char text[256];
  const auto path = descriptor_entry(thread, "fd", descriptor);
  const auto length = ::readlink(path.c_str(), text, sizeof text);
  return length <= 0 ? "" : std::string(text, static_cast<std::size_t>(length));
}

bool open_for_writing(pid_t thread, std::uint64_t descriptor) {
  std::ifstream info(descriptor_entry(thread, "fdinfo", descriptor));
  for (std::string word; info >> word;) {
    if (word != "flags:") continue;
    unsigned flags = 0;
    info >> std::oct >> flags;
    return (flags & O_ACCMODE) != O_RDONLY;
  }
  return false;
}

bool counts(const Call& call, pid_t thread, const std::uint64_t* arguments) {
  switch (call.when) {
    case When::always: return true;
    case When::socket: return target(thread, arguments[0]).starts_with("sock");
    case When::written_file:
      return target(thread, arguments[0]).starts_with("/") &&
             open_for_writing(thread, arguments[0]);
    case When::writable_open: {
      const auto flags = arguments[call.number == SYS_openat ? 2 : 1];
      return (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != O_RDONLY;
    }
    case When::lock:
      return arguments[1] == F_SETLK || arguments[1] == F_SETLKW ||
             arguments[1] == F_OFD_SETLK || arguments[1] == F_OFD_SETLKW;
  }
  return false;
}

// The call that this thread is about to make, if it is one that matters.
const Call* entered(pid_t thread) {
  __ptrace_syscall_info info{};
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0 ||
      info.op != PTRACE_SYSCALL_INFO_ENTRY) {
    return nullptr;
  }
  const auto number = static_cast<long>(info.entry.nr);
  const auto* const call =
      std::find_if(std::begin(kCalls), std::end(kCalls),
                   [number](const Call& each) { return each.number == number; });
  if (call == std::end(kCalls)) return nullptr;
  return counts(*call, thread, info.entry.args) ? call : nullptr;
}

struct Outcome {
  int status = 125;
  long calls = 0;
  const char* last = "none";
};

Outcome trace(pid_t program, long kill_at) {
  Outcome outcome;
  std::vector<pid_t> known = {program};
  for (int status = 0;;) {
    const pid_t thread = ::waitpid(-1, &status, __WALL);
    if (thread < 0) return outcome;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (thread != program) continue;
      outcome.status =
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      return outcome;
    }
    int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80)) {
      signal = 0;
      if (const auto* call = entered(thread)) {
        outcome.last = call->name;
        if (++outcome.calls == kill_at) ::kill(program, SIGKILL);
      }
    } else if (status >> 16 != 0) {
      signal = 0;  // a thread was made, or the program began
    } else if (signal == SIGSTOP &&
               std::find(known.begin(), known.end(), thread) == known.end()) {
      known.push_back(thread);  // how a new thread comes to be traced
      signal = 0;
    }
    ::ptrace(PTRACE_SYSCALL, thread, 0, signal);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: kill_at_syscall REPORT N PROGRAM ARGS...\n", stderr);
    return 125;
  }
  const pid_t program = ::fork();
  if (program < 0) return 125;
  if (program == 0) {
    ::ptrace(PTRACE_TRACEME, 0, 0, 0);
    ::raise(SIGSTOP);
    ::execv(argv[3], argv + 3);
    ::_exit(125);
  }
  int stopped = 0;
  if (::waitpid(program, &stopped, 0) != program || !WIFSTOPPED(stopped)) {
    return 125;
  }
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                       PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  ::ptrace(PTRACE_SETOPTIONS, program, 0, options);
  ::ptrace(PTRACE_SYSCALL, program, 0, 0);
  const auto outcome = trace(program, std::atol(argv[2]));
  std::ofstream(argv[1]) << outcome.calls << ' ' << outcome.last << '\n';
  return outcome.status;
}
