// measure TIMES COMMAND ARG...   runs the command, its stdout to /dev/null, and
// prints for each run: user and system microseconds, wall microseconds, peak
// resident KiB, exit status (128 + N for a signal).
// measure --to FD COMMAND ARG... runs it once with our own files, and prints the
// same to descriptor FD.
// measure memcpy                 prints octets a CPU second of memcpy.
//
// A program of its own, since a child inherits the peak of the process that
// forked it: of this one a megabyte, of an interpreter many.

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

long long micros(const timeval& time) {
  return static_cast<long long>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

long long since(Clock::time_point started) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() -
                                                               started)
      .count();
}

int run(char** command, int report) {
  const auto started = Clock::now();
  const pid_t child = ::fork();
  if (child < 0) return 71;
  if (child == 0) {
    if (report == 1) {
      const int null = ::open("/dev/null", O_RDWR);
      ::dup2(null, 1);
      ::dup2(null, 2);
    } else {
      ::close(report);
    }
    ::execvp(command[0], command);
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  if (::wait4(child, &status, 0, &used) < 0) return 71;
  ::dprintf(report, "%lld %lld %lld %ld %d\n", micros(used.ru_utime),
            micros(used.ru_stime), since(started), used.ru_maxrss,
            WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                                : WEXITSTATUS(status));
  return 0;
}

int copy_memory() {
  constexpr std::size_t kOctets = 64 * 1024 * 1024;
  constexpr int kTimes = 20;
  std::vector<char> from(kOctets, 'x');
  std::vector<char> to(kOctets, 'y');
  const auto started = std::clock();
  for (int i = 0; i < kTimes; ++i) {
    from[static_cast<std::size_t>(i)] = 'z';
    std::memcpy(to.data(), from.data(), kOctets);
    asm volatile("" : : "r"(to.data()) : "memory");
  }
  const auto spent = static_cast<double>(std::clock() - started);
  std::printf("%.0f\n", static_cast<double>(kOctets) * kTimes / spent *
                            static_cast<double>(CLOCKS_PER_SEC));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "memcpy") == 0) return copy_memory();
  if (argc < 3) return 64;
  if (argc > 3 && std::strcmp(argv[1], "--to") == 0) {
    return run(argv + 3, std::atoi(argv[2]));
  }
  for (int left = std::atoi(argv[1]); left > 0; --left) {
    if (const int failed = run(argv + 2, 1); failed != 0) return failed;
  }
  return 0;
}
