#include "app/imap_import_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "app/imap_append_batch.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/imap/command.h"

namespace mailtool::app {
namespace {

constexpr std::streamsize kKeywordsOctets = 64 * 1024;

Error unreadable(const std::string& path, int error) {
  const bool absent = error == ENOENT || error == ENOTDIR;
  return Error{absent ? ErrorKind::no_input : ErrorKind::local_io,
               absent ? "no Maildir: " + std::string(std::strerror(error))
                      : std::strerror(error),
               printable(path, 200)};
}

}  // namespace

MaildirKeywords read_maildir_keywords(const std::string& maildir) {
  MaildirKeywords keywords;
  std::ifstream file(maildir + "/dovecot-keywords", std::ios::binary);
  std::string text(kKeywordsOctets, '\0');
  file.read(text.data(), kKeywordsOctets);
  text.resize(static_cast<std::size_t>(file.gcount()));
  for (const auto line : split(text, '\n')) {
    const auto blank = line.find(' ');
    if (blank == line.npos) continue;
    const auto number = parse_number(line.substr(0, blank), 25);
    const auto name = line.substr(blank + 1);
    if (number && name.size() <= 200 && imap::is_flag(name)) {
      keywords[*number] = name;
    }
  }
  return keywords;
}

std::vector<std::string> import_flags(std::string_view name,
                                      const MaildirKeywords& keywords) {
  auto flags = maildir_flags(name);
  const auto info = name.rfind(":2,");
  if (info == name.npos) return flags;
  for (const char letter : name.substr(info + 3)) {
    if (letter == 'P') flags.emplace_back("$Forwarded");
    if (letter < 'a' || letter > 'z') continue;
    const auto& keyword = keywords[static_cast<std::size_t>(letter - 'a')];
    if (!keyword.empty()) flags.push_back(keyword);
  }
  return flags;
}

std::vector<std::string> flags_of(const MaildirFile& file,
                                  const std::vector<MaildirKeywords>& of_each) {
  const auto slash = file.path.rfind('/') + 1;
  return import_flags(std::string_view(file.path).substr(slash),
                      of_each[file.maildir]);
}

bool have_keywords(const std::vector<MaildirFile>& files,
                   const std::vector<MaildirKeywords>& of_each) {
  return std::any_of(files.begin(), files.end(), [&](const auto& file) {
    const auto flags = flags_of(file, of_each);
    return std::any_of(flags.begin(), flags.end(), [](const auto& flag) {
      return !flag.starts_with('\\');
    });
  });
}

Result<void> list_maildir(const std::string& maildir, std::size_t number,
                          std::vector<MaildirFile>& into) {
  // A mail reader may move a file from new to cur meanwhile, and must not slip
  // through between.
  for (const char* place : {"/new", "/cur"}) {
    const auto path = maildir + place;
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) return unreadable(path, errno);
    errno = 0;
    while (const dirent* entry = ::readdir(folder)) {
      const std::string name = entry->d_name;
      struct stat found {};
      const bool counts = !name.starts_with('.') &&
                          ::fstatat(::dirfd(folder), entry->d_name, &found,
                                    AT_SYMLINK_NOFOLLOW) == 0 &&
                          S_ISREG(found.st_mode);
      if (counts) {
        into.push_back({path + "/" + name, found.st_mtime,
                        static_cast<std::uint64_t>(found.st_size), number});
      }
      errno = 0;
    }
    const int error = errno;
    ::closedir(folder);
    if (error != 0) return unreadable(path, error);
  }
  return {};
}

}  // namespace mailtool::app
