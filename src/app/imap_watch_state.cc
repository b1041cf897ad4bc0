#include "app/imap_watch_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "app/signals.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/sha256.h"
#include "mailtool/store/atomic_file.h"
#include "mailtool/store/folder.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kMagic = "mailtool-watch 1";
constexpr std::size_t kMaxFile = 128 * 1024;
constexpr std::size_t kNameOctets = 60;

// "INBOX", and of longer or stranger names as much as can be read, with a hash
// that tells them apart.
std::string file_name(std::string_view account, std::string_view folder) {
  std::string name;
  for (const char c : folder) {
    if (name.size() == kNameOctets) break;
    name += is_alpha(c) || is_digit(c) || c == '-' ? c : '_';
  }
  return name + "-" + hex(sha256(std::string(account) + '\0' +
                                 std::string(folder)),
                          8);
}

std::optional<std::uint64_t> number_behind(std::string_view line,
                                           std::string_view name,
                                           std::uint64_t most) {
  if (!line.starts_with(name)) return std::nullopt;
  return parse_number(line.substr(name.size()), most);
}

// The file, or nothing where there is none.
Result<std::optional<std::string>> read_file(const std::string& path) {
  auto file = store::open_regular("read", path, O_RDONLY);
  if (!file) return std::move(file).error();
  if (!file->valid()) return std::optional<std::string>();
  std::string text;
  std::array<char, 4096> buffer;
  while (text.size() <= kMaxFile) {
    const auto count = ::read(file->get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return store::system_error("read", path, errno);
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return std::optional(std::move(text));
}

}  // namespace

std::string to_text(const WatchMarks& marks, std::string_view account,
                    std::string_view folder) {
  std::string text(kMagic);
  text += "\naccount " + printable(account);
  text += "\nfolder " + printable(folder, SIZE_MAX);
  text += "\nuidvalidity " + std::to_string(marks.uidvalidity);
  text += "\nuidnext " + std::to_string(marks.uidnext);
  if (marks.modseq) text += "\nmodseq " + std::to_string(*marks.modseq);
  for (const auto& [uid, times] : marks.failed) {
    text += "\nfailed " + std::to_string(uid) + " " + std::to_string(times);
  }
  return text + "\nend\n";
}

std::optional<WatchMarks> parse_watch_marks(std::string_view text,
                                            std::string_view account,
                                            std::string_view folder) {
  if (text.size() > kMaxFile || !text.ends_with("\nend\n")) return std::nullopt;
  text.remove_suffix(1);
  const auto lines = split(text, '\n');
  if (lines.size() < 6 || lines[0] != kMagic ||
      lines[1] != "account " + printable(account) ||
      lines[2] != "folder " + printable(folder, SIZE_MAX)) {
    return std::nullopt;
  }
  WatchMarks marks;
  const auto validity = number_behind(lines[3], "uidvalidity ", UINT32_MAX);
  const auto next =
      number_behind(lines[4], "uidnext ", std::uint64_t{UINT32_MAX} + 1);
  if (!validity || !next || *next == 0) return std::nullopt;
  marks.uidvalidity = static_cast<std::uint32_t>(*validity);
  marks.uidnext = *next;
  for (std::size_t i = 5; i + 1 < lines.size(); ++i) {
    if (i == 5 && lines[i].starts_with("modseq ")) {
      marks.modseq = number_behind(lines[i], "modseq ", INT64_MAX);
      if (!marks.modseq) return std::nullopt;
      continue;
    }
    const auto words = split(lines[i], ' ');
    if (words.size() != 3 || words[0] != "failed") return std::nullopt;
    const auto uid = parse_number(words[1], UINT32_MAX);
    const auto times = parse_number(words[2], UINT32_MAX);
    if (!uid || *uid == 0 || !times || marks.failed.size() == kMostFailed) {
      return std::nullopt;
    }
    marks.failed[static_cast<std::uint32_t>(*uid)] =
        static_cast<std::uint32_t>(*times);
  }
  if (lines.back() != "end") return std::nullopt;
  return marks;
}

Result<WatchState> WatchState::open(const std::string& place,
                                    const std::string& account,
                                    const std::string& folder) {
  if (auto made = store::create_folder(place); !made) return made.error();
  WatchState state;
  state.path_ = place + "/" + file_name(account, folder) + ".watch";
  state.account_ = account;
  state.folder_ = folder;
  auto lock = store::LockFile::acquire(state.path_ + ".lock",
                                       std::chrono::milliseconds(0),
                                       interrupt_fd());
  if (!lock) {
    return std::move(lock).error().with_hint(
        "another watch of this folder: --state NAME gives this one a state of "
        "its own");
  }
  state.lock_ = std::make_unique<store::LockFile>(*std::move(lock));
  auto text = read_file(state.path_);
  if (!text) return std::move(text).error();
  if (!*text) return state;
  state.marks = parse_watch_marks(**text, account, folder);
  if (!state.marks) {
    return Error{ErrorKind::bad_input, "damaged, or not of this folder",
                 printable(state.path_), "",
                 "without this file the watch begins with what comes from now "
                 "on"};
  }
  return state;
}

Result<void> WatchState::save() const {
  if (!durable()) return {};
  auto file = store::AtomicFile::create(path_);
  if (!file) return std::move(file).error();
  if (auto wrote = file->write(to_text(*marks, account_, folder_)); !wrote) {
    return wrote;
  }
  return file->commit();
}

}  // namespace mailtool::app
