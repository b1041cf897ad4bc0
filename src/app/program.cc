#include "app/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>

#include "app/signals.h"
#include "mailtool/base/printable.h"

extern char** environ;

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxWords = 1000;
constexpr std::size_t kMaxOutput = 64 * 1024;

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  void set(int number) {
    close();
    number_ = number;
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

/// File actions of posix_spawn, freed with the scope.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    // A child must not inherit what we ignore or block.
    sigset_t none;
    sigemptyset(&none);
    sigset_t reset;
    sigemptyset(&reset);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) {
      sigaddset(&reset, signal);
    }
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &reset);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  posix_spawn_file_actions_t* actions() { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

Error about(const std::vector<std::string>& words, ErrorKind kind,
            std::string what) {
  return Error{kind, std::move(what), "'" + printable(words[0]) + "'"};
}

struct Pipe {
  Descriptor from{-1};
  Descriptor to{-1};

  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    from.set(ends[0]);
    to.set(ends[1]);
    return true;
  }
};

// What one of the child's outputs has given so far.
struct Outlet {
  Descriptor& from;
  std::string& text;
};

milliseconds until(Clock::time_point deadline) {
  return std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
}

// Reads once from an output that is ready; closes it at its end.
Result<void> take(const std::vector<std::string>& words, Outlet& output) {
  char buffer[4096];
  const auto count = ::read(output.from.number(), buffer, sizeof buffer);
  if (count < 0 && errno == EINTR) return {};
  if (count < 0) return about(words, ErrorKind::system, std::strerror(errno));
  if (count == 0) {
    output.from.close();
    return {};
  }
  output.text.append(buffer, static_cast<std::size_t>(count));
  volatile char* octets = buffer;
  for (std::size_t i = 0; i < sizeof buffer; ++i) octets[i] = 0;
  if (output.text.size() > kMaxOutput)
    return about(words, ErrorKind::no_auth, "wrote more than 64 KiB");
  return {};
}

// Reads all outputs until their ends, the limit or the deadline.
Result<void> collect(const std::vector<std::string>& words,
                     std::span<Outlet, 2> outputs, Clock::time_point deadline) {
  for (;;) {
    // A number of -1 is not waited for.
    std::array<pollfd, 3> waiting{};
    waiting[2] = {interrupt_fd(), POLLIN, 0};
    for (std::size_t i = 0; i < outputs.size(); ++i)
      waiting[i] = {outputs[i].from.number(), POLLIN, 0};
    const bool ended = std::all_of(
        outputs.begin(), outputs.end(),
        [](const Outlet& output) { return output.from.number() < 0; });
    if (ended) return {};
    const auto left = until(deadline);
    if (left.count() <= 0)
      return about(words, ErrorKind::timed_out, "gave no password in time");
    const int ready =
        ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR)
      return about(words, ErrorKind::system, std::strerror(errno));
    if (caught_signal() != 0)
      return about(words, ErrorKind::interrupted, "interrupted");
    if (ready <= 0) continue;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      if (auto taken = take(words, outputs[i]); !taken) return taken;
    }
  }
}

// Waits for the child's end; false when it has not come by the deadline.
bool wait_for(pid_t child, Clock::time_point deadline, int& status) {
  for (int pause = 1;; pause = std::min(2 * pause, 50)) {
    const auto ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return true;
    if (until(deadline).count() <= 0) return false;
    ::poll(nullptr, 0, pause);
  }
}

// Ends a child that is not wanted any more, however it takes signals.
void stop(pid_t child) {
  int status = 0;
  ::kill(child, SIGTERM);
  if (wait_for(child, Clock::now() + std::chrono::seconds(1), status)) return;
  ::kill(child, SIGKILL);
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

Result<pid_t> start(const std::vector<std::string>& words, const Pipe& output,
                    const Pipe& errors) {
  SpawnPlan plan;
  posix_spawn_file_actions_addopen(plan.actions(), STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(plan.actions(), output.to.number(),
                                   STDOUT_FILENO);
  if (errors.to.number() >= 0) {
    posix_spawn_file_actions_adddup2(plan.actions(), errors.to.number(),
                                     STDERR_FILENO);
  }
  std::vector<char*> argv;
  for (const auto& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, argv[0], plan.actions(),
                                    plan.attributes(), argv.data(), environ);
  if (failed == 0) return child;
  return about(words, ErrorKind::no_input,
               std::string("cannot run: ") + std::strerror(failed));
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\'' && c != quote) {
      word += c;
    } else if (c == '\\' && i + 1 < text.size()) {
      const char next = text[++i];
      // Inside "…" a backslash quotes only what would mean something there.
      if (quote == '"' && next != '"' && next != '\\' && next != '$' &&
          next != '`') {
        word += c;
      }
      word += next;
      in_word = true;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      in_word = true;
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
    if (words.size() > kMaxWords) {
      return Error{ErrorKind::usage, "more than 1000 words in a command"};
    }
  }
  if (quote != 0) {
    return Error{ErrorKind::usage, std::string("no closing ") + quote +
                                       " in command '" + printable(text) + "'"};
  }
  if (in_word) words.push_back(std::move(word));
  if (words.empty()) return Error{ErrorKind::usage, "an empty command"};
  return words;
}

Result<ProgramEnd> run_program(const std::vector<std::string>& words,
                               milliseconds budget, bool keep_errors) {
  const auto deadline = Clock::now() + budget;
  Pipe output;
  Pipe errors;
  if (!output.open() || (keep_errors && !errors.open()))
    return about(words, ErrorKind::system, std::strerror(errno));
  auto child = start(words, output, errors);
  if (!child) return std::move(child).error();
  output.to.close();
  errors.to.close();

  std::string text;
  std::string said;
  Outlet outputs[] = {{output.from, text}, {errors.from, said}};
  auto collected = collect(words, outputs, deadline);
  Secret secret(text);
  wipe(text);
  int status = 0;
  if (collected && !wait_for(*child, deadline, status)) {
    collected = about(words, ErrorKind::timed_out, "did not end in time");
  }
  if (!collected) {
    stop(*child);
    return std::move(collected).error();
  }
  return ProgramEnd{std::move(secret), std::move(said),
                    WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                    WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}

Result<Secret> run_for_secret(const std::vector<std::string>& words,
                              milliseconds budget) {
  auto end = run_program(words, budget, false);
  if (!end) return std::move(end).error();
  if (end->status == 0) return std::move(end->output);
  return about(words, ErrorKind::no_auth,
               end->signal == 0
                   ? "ended with status " + std::to_string(end->status)
                   : "ended by signal " + std::to_string(end->signal));
}

}  // namespace mailtool::app
