#include "store/file_naming.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

#include "mailtool/base/ascii.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kHostOctets = 64;
// A temporary file whose process id lives again under another program.
constexpr time_t kStaleSeconds = 36 * 60 * 60;

std::string token_of_process() {
  std::uint32_t random = 0;
  if (::getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    random = static_cast<std::uint32_t>(now.tv_nsec);
  }
  return std::to_string(random);
}

const std::string& token() {
  static const std::string text = token_of_process();
  return text;
}

}  // namespace

std::string host_in_names() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  std::string host;
  for (const char c : std::string_view(name.data()).substr(0, kHostOctets)) {
    if (c == '/') {
      host += "\\057";
    } else if (c == ':') {
      host += "\\072";
    } else if (!is_control(c)) {
      host += c;
    }
  }
  return host.empty() ? "localhost" : host;
}

std::uint64_t next_in_process() {
  static std::atomic<std::uint64_t> counter = 0;
  return counter++;
}

std::string temporary_name(const std::string& prefix, const std::string& host) {
  return prefix + "P" + std::to_string(::getpid()) + "R" + token() + "Q" +
         std::to_string(next_in_process()) + "." +
         std::to_string(::time(nullptr)) + "." + host;
}

bool is_stale_temporary(int directory, const char* name,
                        const std::string& prefix, const std::string& host) {
  std::string_view text(name);
  if (!text.starts_with(prefix + "P")) return false;
  text.remove_prefix(prefix.size() + 1);
  const auto pid_end = text.find('R');
  const auto token_end = text.find('Q');
  if (pid_end == text.npos || token_end == text.npos || token_end < pid_end) {
    return false;
  }
  const auto pid = parse_number(text.substr(0, pid_end), INT32_MAX);
  if (!pid || *pid == 0) return false;
  const auto process = static_cast<pid_t>(*pid);
  const bool ours = process == ::getpid();
  if (ours && text.substr(pid_end + 1, token_end - pid_end - 1) == token()) {
    return false;  // of another thread
  }
  const bool dead = ours || (::kill(process, 0) != 0 && errno == ESRCH);
  if (dead && text.ends_with("." + host)) return true;
  struct stat found;
  return ::fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
         ::time(nullptr) - found.st_mtime > kStaleSeconds;
}

}  // namespace mailtool::store
