// Files that other programs put into a ServedMaildir get their UIDs: so many at a
// time, since there may be thousands, and others wait.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/store/served_maildir.h"
#include "store/crlf_source.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

// So many messages, and more, are not looked through each time.
constexpr std::size_t kMany = 1000;
constexpr std::chrono::microseconds kPause{20};  // a message

// Of one portion: files, and octets, which are read.
constexpr std::size_t kFiles = 200;
constexpr std::uint64_t kOctets = 4 * 1024 * 1024;

// In a name of ours letters of keywords mean what they do, and in no other.
std::string flags_in(std::string_view name, bool ours) {
  const std::string_view letters =
      ours ? "DFRSTabcdefghijklmnopqrstuvwxyz" : "DFRST";
  const auto info = name.rfind(":2,");
  if (info == name.npos) return "";
  std::string flags;
  for (const char c : letters) {
    if (name.find(c, info + 3) != name.npos) flags += c;
  }
  return flags;
}

Result<std::vector<std::string>> names_in(const std::string& path) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) return system_error("read", path, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(folder);
  if (error != 0) return system_error("read", path, error);
  // In the order of their delivery, which the name begins with.
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

// A file of another program gets its UID by its name, in one step. What has that
// name already has one that was never given: it may be the file itself.
Result<std::optional<ServedMessage>> ServedMaildir::adopt_one(
    bool in_new, const std::string& name) {
  using Taken = std::optional<ServedMessage>;
  const auto from = path_ + (in_new ? "/new/" : "/cur/") + name;
  auto file = open_regular("open", from, O_RDONLY, ErrorKind::local_io);
  if (!file) return Taken();  // no file: a folder, or a link
  if (!file->valid()) return Taken();
  struct stat status {};
  if (::fstat(file->get(), &status) != 0) {
    return system_error("open", from, errno);
  }
  const auto octets = octets_with_crlf(file->get());
  if (!octets) return octets.error();
  const bool lf = *octets != static_cast<std::uint64_t>(status.st_size);
  const auto parsed = parse_mirror_name(name);
  const bool ours = parsed && parsed->uidvalidity == in_names_;
  while (true) {
    if (auto reserved = reserve(); !reserved) {
      return std::move(reserved).error();
    }
    auto to = name_of(status.st_mtim.tv_sec,
                      lf ? std::optional(*octets) : std::nullopt);
    if (!in_new) to += ":2," + flags_in(name, ours);
    const auto target = path_ + (in_new ? "/new/" : "/cur/") + to;
    const int error =
        sys_rename_new(AT_FDCWD, from.c_str(), AT_FDCWD, target.c_str()) == 0
            ? 0
            : errno;
    if (error == ENOENT) return Taken();
    if (error != 0 && error != EEXIST) {
      return system_error("rename", from, error);
    }
    const auto uid = uidnext_++;
    if (error != 0) continue;
    return Taken({uid, *octets, status.st_mtim.tv_sec, std::move(to), in_new,
                  lf, 0, static_cast<std::uint64_t>(status.st_size)});
  }
}

// What other programs have put there, in the order of its delivery, that of new
// first.
Result<void> ServedMaildir::list_arrivals() {
  arrivals_.clear();
  for (const bool in_new : {true, false}) {
    auto names = names_in(path_ + (in_new ? "/new" : "/cur"));
    if (!names) return std::move(names).error();
    for (auto& name : *names) {
      const auto parsed = parse_mirror_name(name);
      if (parsed && parsed->uidvalidity == in_names_) continue;
      arrivals_.push_back({in_new, std::move(name)});
    }
  }
  return {};
}

// They are messages once their names are durable.
Result<bool> ServedMaildir::show(std::vector<ServedMessage> taken) {
  for (const bool in_new : {true, false}) {
    const bool here =
        std::any_of(taken.begin(), taken.end(), [in_new](const auto& one) {
          return one.in_new == in_new;
        });
    if (!here) continue;
    const auto folder = path_ + (in_new ? "/new" : "/cur");
    if (auto synced = sync_directory(folder); !synced) {
      return std::move(synced).error();
    }
  }
  if (taken.empty()) return false;
  const auto modseq = new_modseq();
  const auto before = messages_.size();
  for (auto& one : taken) {
    one.modseq = modseq;
    messages_.push_back(std::move(one));
  }
  sort_from(before);
  return true;
}

Result<bool> ServedMaildir::take_arrivals(Portion& portion) {
  std::vector<ServedMessage> taken;
  std::optional<Error> failed;
  while (!arrivals_.empty() && !failed && portion.files < kFiles &&
         portion.octets < kOctets) {
    const auto one = std::move(arrivals_.front());
    arrivals_.pop_front();
    ++portion.files;
    auto adopted = adopt_one(one.in_new, one.name);
    if (!adopted) {
      failed = std::move(adopted).error();
    } else if (*adopted) {
      portion.octets += (*adopted)->octets;
      taken.push_back(**std::move(adopted));
    }
  }
  auto shown = show(std::move(taken));
  if (failed) return *std::move(failed);
  return shown;
}

// The first that is looked for is what has its UID already.
Result<bool> ServedMaildir::begin_look() {
  looked_.reset();
  times_ = folder_times();
  began_ = ::time(nullptr);
  if (auto listed = list_arrivals(); !listed) return std::move(listed).error();
  stage_ = Stage::arrivals;
  if (scanned_ || arrivals_.empty()) return false;
  return find_again();
}

// Once all of those that were listed have their UIDs.
Result<bool> ServedMaildir::end_stage() {
  auto found = find_again();
  if (!found) return found;
  if (stage_ == Stage::arrivals && !foreign_.empty()) {
    stage_ = Stage::foreign;
    for (auto& one : std::exchange(foreign_, {})) {
      arrivals_.push_back({one.in_new, std::move(one.name)});
    }
    return found;
  }
  stage_ = Stage::none;
  // A change within the same tick of the clock leaves the time as it was.
  if (times_ && (*times_)[0] < began_ - 1 && (*times_)[2] < began_ - 1) {
    looked_ = times_;
  }
  next_look_ = std::chrono::steady_clock::now();
  if (messages_.size() >= kMany) next_look_ += kPause * messages_.size();
  return found;
}

Result<bool> ServedMaildir::take_portion() {
  if (!batch_.empty()) return false;
  bool any = false;
  if (stage_ == Stage::none) {
    const auto begun = begin_look();
    if (!begun) return begun;
    any = *begun;
  }
  Portion portion;
  while (stage_ != Stage::none) {
    const auto taken = take_arrivals(portion);
    if (!taken) return taken;
    any = any || *taken;
    if (!arrivals_.empty()) return any;
    const auto ended = end_stage();
    if (!ended) return ended;
    any = any || *ended;
  }
  return any;
}

std::optional<ServedMaildir::FolderTimes> ServedMaildir::folder_times() const {
  FolderTimes times{};
  std::size_t at = 0;
  for (const char* folder : {"/new", "/cur"}) {
    struct stat status {};
    if (::stat((path_ + folder).c_str(), &status) != 0) return std::nullopt;
    times[at++] = status.st_mtim.tv_sec;
    times[at++] = status.st_mtim.tv_nsec;
  }
  return times;
}

Result<bool> ServedMaildir::take_in() {
  if (auto here = check(); !here) return std::move(here).error();
  auto taken = take_portion();
  if (!taken) {
    stage_ = Stage::none;
    arrivals_.clear();
  }
  return taken;
}

Result<bool> ServedMaildir::look() {
  if (stage_ == Stage::none) {
    if (std::chrono::steady_clock::now() < next_look_) return false;
    if (looked_ && folder_times() == looked_) return false;
  }
  return take_in();
}

// What was being taken in was listed before: there may be more by now.
Result<bool> ServedMaildir::refresh() {
  bool any = false;
  bool listed = false;
  while (batch_.empty() && (is_taking_in() || !listed)) {
    listed = listed || !is_taking_in();
    const auto taken = take_in();
    if (!taken) return taken;
    any = any || *taken;
  }
  return any;
}

}  // namespace mailtool::store
