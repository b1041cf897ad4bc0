// What lies in a ServedMaildir, by whomever it was put there.

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
#include "store/message_source.h"
#include "store/file_naming.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

// ",W=" and the octets with CRLF line ends stand in the name of a file that has
// LF; others that know the form read it so, too.
constexpr std::string_view kConverted = ",W=";

// So many messages, and more, are not looked through each time.
constexpr std::size_t kMany = 1000;
constexpr std::chrono::microseconds kPause{20};  // a message

std::optional<std::uint64_t> converted_octets(std::string_view name) {
  name = name.substr(0, name.rfind(":2,"));
  const auto at = name.rfind(kConverted);
  if (at == name.npos) return std::nullopt;
  return parse_number(name.substr(at + kConverted.size()));
}

std::string flags_in(std::string_view name) {
  const auto info = name.rfind(":2,");
  if (info == name.npos) return "";
  std::string flags;
  for (const char c : std::string_view("DFRST")) {
    if (name.find(c, info + 3) != name.npos) flags += c;
  }
  return flags;
}

Result<std::uint64_t> octets_with_crlf(int file) {
  CrlfSource source(std::make_unique<MessageSource>(file));
  std::uint64_t octets = 0;
  char buffer[16 * 1024];
  while (true) {
    const auto count = source.read_some(buffer);
    if (!count) return count.error();
    if (*count == 0) return octets;
    octets += *count;
  }
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

Result<std::vector<ServedMessage>> ServedMaildir::scan() const {
  std::vector<ServedMessage> found;
  auto listed = MirrorMaildir::for_each(
      path_, uidvalidity_, [&](const MirrorMaildir::File& file) {
        ServedMessage message;
        message.uid = file.uid;
        message.in_new = file.in_new;
        message.name = file.name;
        found.push_back(std::move(message));
      });
  if (!listed) return std::move(listed).error();
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) {
              return a.uid != b.uid ? a.uid < b.uid : a.in_new < b.in_new;
            });
  std::vector<ServedMessage> kept;
  for (auto& message : found) {
    if (!kept.empty() && kept.back().uid == message.uid) continue;
    const auto* known = find(message.uid);
    if (known != nullptr && known->in_new == message.in_new &&
        known->name == message.name) {
      kept.push_back(*known);
      continue;
    }
    struct stat status {};
    if (::stat(path_of(message).c_str(), &status) != 0) continue;
    if (!S_ISREG(status.st_mode)) continue;
    const auto converted = converted_octets(message.name);
    message.converted = converted.has_value();
    message.octets =
        converted.value_or(static_cast<std::uint64_t>(status.st_size));
    message.date = status.st_mtim.tv_sec;
    kept.push_back(std::move(message));
  }
  return kept;
}

// Of the next UID. `octets`: with CRLF, where the file has LF.
std::string ServedMaildir::name_of(std::int64_t date,
                                   std::optional<std::uint64_t> octets) const {
  auto name = std::to_string(std::max<std::int64_t>(0, date)) + ".V" +
              std::to_string(uidvalidity_) + "U" + std::to_string(uidnext_) +
              "." + host_in_names();
  if (octets) name += std::string(kConverted) + std::to_string(*octets);
  return name;
}

// A file of another program gets its UID by its name, in one step.
Result<void> ServedMaildir::adopt_one(bool in_new, const std::string& name) {
  const auto from = path_ + (in_new ? "/new/" : "/cur/") + name;
  auto file = open_regular("open", from, O_RDONLY, ErrorKind::local_io);
  if (!file) return {};  // no file: a folder, or a link
  if (!file->valid()) return {};
  struct stat status {};
  if (::fstat(file->get(), &status) != 0) {
    return system_error("open", from, errno);
  }
  const auto octets = octets_with_crlf(file->get());
  if (!octets) return octets.error();
  if (auto reserved = reserve(); !reserved) return reserved;
  const bool lf = *octets != static_cast<std::uint64_t>(status.st_size);
  auto to = name_of(status.st_mtim.tv_sec,
                    lf ? std::optional(*octets) : std::nullopt);
  if (!in_new) to += ":2," + flags_in(name);
  const auto target = path_ + (in_new ? "/new/" : "/cur/") + to;
  if (sys_rename_new(AT_FDCWD, from.c_str(), AT_FDCWD, target.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return system_error("rename", from, errno);
  }
  ++uidnext_;
  return {};
}

Result<bool> ServedMaildir::adopt() {
  bool any = false;
  for (const bool in_new : {true, false}) {
    const auto folder = path_ + (in_new ? "/new" : "/cur");
    auto names = names_in(folder);
    if (!names) return std::move(names).error();
    bool here = false;
    for (const auto& name : *names) {
      const auto parsed = parse_mirror_name(name);
      if (parsed && parsed->uidvalidity == uidvalidity_) continue;
      auto adopted = adopt_one(in_new, name);
      if (!adopted) return std::move(adopted).error();
      here = true;
    }
    if (!here) continue;
    any = true;
    if (auto synced = sync_directory(folder); !synced) {
      return std::move(synced).error();
    }
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

Result<bool> ServedMaildir::look() {
  if (std::chrono::steady_clock::now() < next_look_) return false;
  if (looked_ && folder_times() == looked_) return false;
  return refresh();
}

Result<bool> ServedMaildir::refresh() {
  if (!batch_.empty()) return false;
  looked_.reset();
  const auto times = folder_times();
  const auto now = ::time(nullptr);
  auto adopted = adopt();
  if (!adopted) return adopted;
  auto found = find_again();
  if (!found) return found;
  // A change within the same tick of the clock leaves the time as it was.
  if (times && (*times)[0] < now - 1 && (*times)[2] < now - 1) looked_ = times;
  next_look_ = std::chrono::steady_clock::now();
  if (messages_.size() >= kMany) next_look_ += kPause * messages_.size();
  return found;
}

Result<bool> ServedMaildir::find_again() {
  auto found = scan();
  if (!found) return std::move(found).error();
  const auto is_gone = [&](const ServedMessage& one) {
    return !std::binary_search(
        found->begin(), found->end(), one,
        [](const auto& a, const auto& b) { return a.uid < b.uid; });
  };
  // What is renamed while a folder is read may be passed over.
  if (std::any_of(messages_.begin(), messages_.end(), is_gone)) {
    found = scan();
    if (!found) return std::move(found).error();
  }
  const bool same = std::equal(
      found->begin(), found->end(), messages_.begin(), messages_.end(),
      [](const ServedMessage& a, const ServedMessage& b) {
        return a.uid == b.uid && a.name == b.name && a.in_new == b.in_new;
      });
  if (same) return false;
  messages_ = *std::move(found);
  const auto modseq = new_modseq();
  for (auto& one : messages_) {
    if (one.modseq == 0) one.modseq = modseq;
  }
  if (!messages_.empty() && messages_.back().uid >= uidnext_) {
    uidnext_ = messages_.back().uid + 1;
    if (auto reserved = reserve(); !reserved) return std::move(reserved).error();
  }
  return true;
}

}  // namespace mailtool::store
