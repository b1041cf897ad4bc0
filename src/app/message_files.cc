#include "app/message_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

static_assert(AT_FDCWD == -100);

constexpr const char* kHint =
    "mail is taken from a Maildir (cur, new), from files named by numbers (MH) "
    "and from *.eml, *.mbox and *.mbx";

bool is_number(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_digit);
}

bool has_mail_suffix(std::string_view name) {
  for (const std::string_view suffix : {".eml", ".mbox", ".mbx"}) {
    if (name.size() > suffix.size() &&
        iequals(name.substr(name.size() - suffix.size()), suffix)) {
      return true;
    }
  }
  return false;
}

bool less_by_value(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view number) {
    return number.substr(
        std::min(number.find_first_not_of('0'), number.size()));
  };
  const auto x = digits(a);
  const auto y = digits(b);
  if (x.size() != y.size()) return x.size() < y.size();
  return x != y ? x < y : a < b;
}

enum class EntryKind : std::uint8_t { file, folder, other };

// A link counts as the file that it leads to, never as a folder.
EntryKind kind_of(int folder, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG: return EntryKind::file;
    case DT_DIR: return EntryKind::folder;
    case DT_LNK:
    case DT_UNKNOWN: break;
    default: return EntryKind::other;
  }
  struct stat status {};
  const int how = entry.d_type == DT_LNK ? 0 : AT_SYMLINK_NOFOLLOW;
  if (::fstatat(folder, entry.d_name, &status, how) != 0) {
    return EntryKind::other;
  }
  if (S_ISREG(status.st_mode)) return EntryKind::file;
  return S_ISDIR(status.st_mode) && how != 0 ? EntryKind::folder
                                             : EntryKind::other;
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_maildir(const std::string& path) {
  return is_folder(path + "/cur") && is_folder(path + "/new");
}

Result<int> open_folder(const std::string& path) {
  const int descriptor =
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor >= 0) return descriptor;
  return Error{ErrorKind::no_input, std::strerror(errno), printable(path)};
}

// Calls `take` for each entry but "." and "..".
template <class Take>
Result<void> for_each_entry(int folder, const std::string& path, Take take) {
  const int again = ::fcntl(folder, F_DUPFD_CLOEXEC, 0);
  DIR* const entries = again < 0 ? nullptr : ::fdopendir(again);
  if (entries == nullptr) {
    const int error = errno;
    if (again >= 0) ::close(again);
    return Error{ErrorKind::no_input, std::strerror(error), printable(path)};
  }
  errno = 0;
  while (const dirent* const entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") take(*entry, name);
    errno = 0;
  }
  const int error = errno;
  ::closedir(entries);
  if (error == 0) return {};
  return Error{ErrorKind::local_io, std::strerror(error), printable(path)};
}

Result<MessageFolder> list_maildir_part(const std::string& path) {
  const auto descriptor = open_folder(path);
  if (!descriptor) return descriptor.error();
  MessageFolder folder(path, *descriptor);
  auto listed = for_each_entry(
      *descriptor, path, [&](const dirent& entry, std::string_view name) {
        if (name[0] == '.') return;
        if (kind_of(*descriptor, entry) == EntryKind::file) {
          folder.add(name, true);
        }
      });
  if (!listed) return std::move(listed).error();
  folder.sort();
  return folder;
}

}  // namespace

MessageFolder::MessageFolder(std::string path, int descriptor)
    : shown_path_(printable(path, path.size()) + "/"),
      descriptor_(descriptor) {}

MessageFolder::MessageFolder(MessageFolder&& other) noexcept
    : shown_path_(std::move(other.shown_path_)),
      descriptor_(std::exchange(other.descriptor_, AT_FDCWD)),
      names_(std::move(other.names_)),
      files_(std::move(other.files_)) {}

MessageFolder::~MessageFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void MessageFolder::add(std::string_view name, bool one_message) {
  files_.push_back({names_.size(), static_cast<std::uint32_t>(name.size()),
                    one_message, is_number(name)});
  names_.append(name).push_back('\0');
}

std::string_view MessageFolder::name(std::size_t file) const {
  return std::string_view(names_).substr(files_[file].name,
                                         files_[file].octets);
}

void MessageFolder::sort() {
  const std::string_view names = names_;
  std::sort(files_.begin(), files_.end(), [&](const File& a, const File& b) {
    const auto x = names.substr(a.name, a.octets);
    const auto y = names.substr(b.name, b.octets);
    if (a.number != b.number) return a.number;
    return a.number ? less_by_value(x, y) : x < y;
  });
}

std::string MessageFolder::shown_name(std::size_t file) const {
  const auto plain = name(file);
  if (is_arguments()) {
    return plain == "-" ? "stdin" : printable(plain, plain.size());
  }
  return shown_path_ + printable(plain, plain.size());
}

MessageFiles::MessageFiles(std::vector<std::string> arguments, bool recursive,
                           bool may_recurse)
    : arguments_(std::move(arguments)),
      recursive_(recursive),
      may_recurse_(may_recurse) {
  if (arguments_.empty()) arguments_.emplace_back("-");
}

Result<std::shared_ptr<const MessageFolder>> MessageFiles::next() {
  if (folders_.empty()) {
    MessageFolder files;
    for (; next_ < arguments_.size(); ++next_) {
      const auto& argument = arguments_[next_];
      if (argument != "-" && is_folder(argument)) break;
      files.add(argument, false);
    }
    if (files.size() > 0) {
      return std::make_shared<const MessageFolder>(std::move(files));
    }
    if (next_ == arguments_.size()) {
      return std::shared_ptr<const MessageFolder>();
    }
    folders_.push_back({arguments_[next_++], false});
  }
  const auto folder = std::move(folders_.back());
  folders_.pop_back();
  auto listed =
      folder.of_maildir ? list_maildir_part(folder.path) : list(folder.path);
  if (!listed) return std::move(listed).error();
  return std::make_shared<const MessageFolder>(std::move(*listed));
}

Result<MessageFolder> MessageFiles::list(const std::string& path) {
  const bool maildir = is_maildir(path);
  const auto descriptor = open_folder(path);
  if (!descriptor) return descriptor.error();
  MessageFolder folder(path, *descriptor);
  std::vector<std::string> inside;
  bool empty = true;
  auto listed = for_each_entry(
      *descriptor, path, [&](const dirent& entry, std::string_view name) {
        const auto kind = kind_of(*descriptor, entry);
        const bool dotted = name[0] == '.';
        if (!dotted) empty = false;
        if (kind == EntryKind::folder) {
          // Folders of a Maildir++ begin with a dot and are Maildirs.
          const auto below = path + "/" + std::string(name);
          const bool part =
              maildir && (name == "cur" || name == "new" || name == "tmp");
          if (!part && (!dotted || is_maildir(below))) inside.push_back(below);
        } else if (kind == EntryKind::file && !dotted && !maildir) {
          if (is_number(name)) {
            folder.add(name, true);
          } else if (has_mail_suffix(name)) {
            folder.add(name, false);
          }
        }
      });
  if (!listed) return std::move(listed).error();
  folder.sort();
  if (recursive_) {
    std::sort(inside.begin(), inside.end(), std::greater<>());
    for (auto& below : inside) folders_.push_back({std::move(below), false});
  }
  if (maildir) {
    folders_.push_back({path + "/cur", true});
    folders_.push_back({path + "/new", true});
  } else if (folder.size() == 0 && !empty && !recursive_) {
    return Error{ErrorKind::no_input, "holds no mail", printable(path), "",
                 inside.empty() || !may_recurse_
                     ? std::string(kHint)
                                : std::string(kHint) +
                                      "; --recursive looks into its folders"};
  }
  return folder;
}

bool are_all_there(const std::vector<std::string>& arguments,
                   ParseReport& report) {
  bool there = true;
  MessageFiles files(arguments, false);
  while (true) {
    auto folder = files.next();
    if (!folder) {
      report.failed(std::move(folder).error());
      there = false;
      continue;
    }
    if (*folder == nullptr) return there;
    if (!(*folder)->is_arguments()) continue;
    for (std::size_t i = 0; i < (*folder)->size(); ++i) {
      const auto name = (*folder)->name(i);  // a NUL follows
      if (name == "-" ||
          ::faccessat(AT_FDCWD, name.data(), R_OK, AT_EACCESS) == 0) {
        continue;
      }
      report.failed(Error{ErrorKind::no_input, std::strerror(errno),
                          (*folder)->shown_name(i)});
      there = false;
    }
  }
}

}  // namespace mailtool::app
