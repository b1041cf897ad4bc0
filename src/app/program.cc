#include "app/program.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mailtool/base/printable.h"

extern char** environ;

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxWords = 1000;
constexpr std::size_t kMaxOutput = 64 * 1024;

using Clock = std::chrono::steady_clock;

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

// Reads until the end, the limit or the deadline.
Result<void> collect(const std::vector<std::string>& words, int from,
                     Clock::time_point deadline, std::string& output) {
  char buffer[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - Clock::now());
    if (left.count() <= 0) {
      return about(words, ErrorKind::timed_out, "gave no password in time");
    }
    pollfd waiting{from, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) {
      return about(words, ErrorKind::system, std::strerror(errno));
    }
    if (ready <= 0) continue;
    const auto count = ::read(from, buffer, sizeof buffer);
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return about(words, ErrorKind::system, std::strerror(errno));
    output.append(buffer, static_cast<std::size_t>(count));
    if (output.size() > kMaxOutput) {
      return about(words, ErrorKind::no_auth, "wrote more than 64 KiB");
    }
  }
  volatile char* octets = buffer;
  for (std::size_t i = 0; i < sizeof buffer; ++i) octets[i] = 0;
  return {};
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

Result<Secret> run_for_secret(const std::vector<std::string>& words,
                              std::chrono::milliseconds budget) {
  const auto deadline = Clock::now() + budget;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return about(words, ErrorKind::system, std::strerror(errno));
  }
  Descriptor from(ends[0]);
  Descriptor to(ends[1]);

  SpawnPlan plan;
  posix_spawn_file_actions_addopen(plan.actions(), STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(plan.actions(), to.number(), STDOUT_FILENO);
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, argv[0], plan.actions(),
                                    plan.attributes(), argv.data(), environ);
  if (failed != 0) {
    return about(words, ErrorKind::cannot_create,
                 std::string("cannot run: ") + std::strerror(failed));
  }
  to.close();

  std::string output;
  auto collected = collect(words, from.number(), deadline, output);
  from.close();
  if (!collected) ::kill(child, SIGTERM);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  Secret secret(output);
  wipe(output);
  if (!collected) return std::move(collected).error();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return about(words, ErrorKind::no_auth,
                 WIFEXITED(status)
                     ? "ended with status " + std::to_string(WEXITSTATUS(status))
                     : "ended by signal " + std::to_string(WTERMSIG(status)));
  }
  return secret;
}

}  // namespace mailtool::app
