#include "cli/complete_path.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <system_error>

#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

using app::ValueKind;

enum class Path : std::uint8_t { none, folder, file };

struct Kind {
  std::string_view word;
  std::string_view meaning;
  Path path = Path::none;
};

constexpr Kind kDestinations[] = {
    {"maildir:", "a Maildir, created if it is not there", Path::folder},
    {"mbox:", "a file with all messages", Path::file},
    {"dir:", "a folder, a file for each message", Path::folder},
    {"pipe:", "a program, a message on its stdin"},
    {"lmtp:", "a delivery agent"},
    {"-", "stdout, as an mbox"},
};

constexpr Kind kSecrets[] = {
    {"prompt", "ask on the terminal"},
    {"env:", "an environment variable"},
    {"file:", "a file that nobody else may read", Path::file},
    {"fd:", "a file descriptor"},
    {"cmd:", "what a program prints"},
    {"netrc", "~/.netrc"},
    {"keyring", "the keyring of the desktop"},
    {"credential:", "a credential of systemd"},
};

constexpr std::size_t kMostPaths = 1000;

std::vector<Candidate> paths(const Kind& kind, std::string_view typed,
                             const app::Environment& environment) {
  namespace fs = std::filesystem;
  std::vector<Candidate> found;
  const auto slash = typed.rfind('/');
  const std::string before(typed.substr(0, slash + 1));  // npos + 1 is 0
  const auto begin = typed.substr(before.size());
  auto folder = before.empty() ? std::string(".") : before;
  if (folder.starts_with("~/")) {
    folder.replace(0, 1, environment("HOME").value_or("~"));
  }
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end;
       !failed && entry != end && found.size() < kMostPaths;
       entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    if (!name.starts_with(begin) || printable(name) != name) continue;
    if (name.starts_with('.') && begin.empty()) continue;
    std::error_code unknown;
    const bool is_folder = entry->is_directory(unknown);
    if (!is_folder && kind.path == Path::folder) continue;
    found.push_back(
        {std::string(kind.word) + before + name + (is_folder ? "/" : ""),
         kind.meaning});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.text < b.text; });
  return found;
}

}  // namespace

std::vector<Candidate> complete_kind(ValueKind kind, std::string_view current,
                                     const app::Environment& environment) {
  std::span<const Kind> kinds;
  if (kind == ValueKind::destination) kinds = kDestinations;
  if (kind == ValueKind::secret) kinds = kSecrets;
  std::vector<Candidate> found;
  for (const auto& each : kinds) {
    if (each.path != Path::none && current.starts_with(each.word)) {
      return paths(each, current.substr(each.word.size()), environment);
    }
    if (each.word.starts_with(current)) {
      found.push_back({std::string(each.word), each.meaning});
    }
  }
  return found;
}

}  // namespace mailtool::cli
