#include "support/child_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace mailtool::test {
namespace {

constexpr int kBroken = 8;

}  // namespace

bool ChildEnd::exited(int code) const {
  return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

ChildEnd in_child(const std::function<void(const Say&)>& work) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) return {kBroken << 8};
  const auto child = ::fork();
  if (child == 0) {
    work([&pipe](std::string_view octets) {
      const auto written = ::write(pipe[1], octets.data(), octets.size());
      if (written != static_cast<ssize_t>(octets.size())) ::_exit(kBroken);
    });
    ::_exit(0);
  }
  ::close(pipe[1]);
  ChildEnd end{kBroken << 8};
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto count = ::read(pipe[0], buffer.data(), buffer.size());
    if (count <= 0) break;
    end.said.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(pipe[0]);
  if (child > 0) ::waitpid(child, &end.status, 0);
  return end;
}

}  // namespace mailtool::test
