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

bool ServedMaildir::is_known(const ServedMessage& message) const {
  const auto* known = find(message.uid);
  return known != nullptr && known->in_new == message.in_new &&
         known->name == message.name;
}

// The number of the file; nullopt where it is gone, or none.
std::optional<std::uint64_t> ServedMaildir::look_at(
    ServedMessage& message) const {
  struct stat status {};
  if (::lstat(path_of(message).c_str(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  const auto converted = converted_octets(message.name);
  message.converted = converted.has_value();
  message.octets =
      converted.value_or(static_cast<std::uint64_t>(status.st_size));
  message.date = status.st_mtim.tv_sec;
  return status.st_ino;
}

// Of `files`, which have one UID, the first is the message, and the others are
// what another program has copied. That which is kept is looked at last: then it
// cannot have been renamed to another of them while the folder was read, nor
// linked, as some rename.
void ServedMaildir::take_files(std::span<ServedMessage> files,
                               std::vector<ServedMessage>& kept) {
  if (files.size() == 1 && is_known(files[0])) {
    kept.push_back(*find(files[0].uid));
    return;
  }
  std::vector<std::pair<std::uint64_t, ServedMessage*>> there;
  for (auto one = files.rbegin(); one != files.rend(); ++one) {
    if (const auto number = look_at(*one)) there.emplace_back(*number, &*one);
  }
  if (there.empty()) return;
  const auto first = there.back();
  if (files[0].uid < reserved_) {
    there.pop_back();
    const bool known = is_known(*first.second);
    kept.push_back(known ? *find(first.second->uid) : *first.second);
    std::erase_if(there, [&](const auto& one) { return one.first == first.first; });
  }
  for (auto one = there.rbegin(); one != there.rend(); ++one) {
    foreign_.push_back(std::move(*one->second));
  }
}

Result<std::vector<ServedMessage>> ServedMaildir::scan() {
  std::vector<ServedMessage> found;
  foreign_.clear();
  auto listed = MirrorMaildir::for_each(
      path_, uidvalidity_, [&](const MirrorMaildir::File& file) {
        ServedMessage message;
        message.uid = file.uid;
        message.in_new = file.in_new;
        message.name = file.name;
        found.push_back(std::move(message));
      });
  if (!listed) return std::move(listed).error();
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    if (a.uid != b.uid) return a.uid < b.uid;
    return a.in_new != b.in_new ? a.in_new < b.in_new : a.name < b.name;
  });
  std::vector<ServedMessage> kept;
  for (auto at = found.begin(); at != found.end();) {
    const auto end = std::find_if(
        at, found.end(), [&](const auto& one) { return one.uid != at->uid; });
    const auto known = std::find_if(
        at, end, [this](const auto& one) { return is_known(one); });
    if (known != end) std::rotate(at, known, known + 1);
    take_files({at, end}, kept);
    at = end;
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

// A file of another program gets its UID by its name, in one step. What has that
// name already has one that was never given: it may be the file itself.
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
  const bool lf = *octets != static_cast<std::uint64_t>(status.st_size);
  const auto parsed = parse_mirror_name(name);
  const bool ours = parsed && parsed->uidvalidity == uidvalidity_;
  while (true) {
    if (auto reserved = reserve(); !reserved) return reserved;
    auto to = name_of(status.st_mtim.tv_sec,
                      lf ? std::optional(*octets) : std::nullopt);
    if (!in_new) to += ":2," + flags_in(name, ours);
    const auto target = path_ + (in_new ? "/new/" : "/cur/") + to;
    const int error =
        sys_rename_new(AT_FDCWD, from.c_str(), AT_FDCWD, target.c_str()) == 0
            ? 0
            : errno;
    if (error == ENOENT) return {};
    if (error != 0 && error != EEXIST) {
      return system_error("rename", from, error);
    }
    ++uidnext_;
    if (error == 0) return {};
  }
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

Result<void> ServedMaildir::adopt_foreign() {
  for (const auto& one : std::exchange(foreign_, {})) {
    if (auto adopted = adopt_one(one.in_new, one.name); !adopted) {
      return adopted;
    }
  }
  for (const char* folder : {"/new", "/cur"}) {
    if (auto synced = sync_directory(path_ + folder); !synced) return synced;
  }
  return {};
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
  if (found && !foreign_.empty()) {
    if (auto taken = adopt_foreign(); !taken) return std::move(taken).error();
    const auto again = find_again();
    if (!again) return again.error();
    found = *found || *again;
  }
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
