#include "cli/manual.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace mailtool::cli {
namespace {

// man -w PAGE: its status says whether there is such a page.
bool has_page(const std::string& page) {
  std::string man = "man";
  std::string where = "-w";
  std::string name = page;
  char* const words[] = {man.data(), where.data(), name.data(), nullptr};
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0) return false;
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null",
                                     O_WRONLY, 0);
  }
  pid_t child = 0;
  const int failed =
      ::posix_spawnp(&child, "man", &actions, nullptr, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return false;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

void open_manual(const std::string& page) {
  if (!has_page(page)) return;
  ::execlp("man", "man", page.c_str(), static_cast<char*>(nullptr));
}

}  // namespace mailtool::cli
