#include "app/rename_note.h"

#include <fcntl.h>

#include <cerrno>

#include "app/served_names.h"
#include "mailtool/base/ascii.h"
#include "mailtool/imap/mailbox_name.h"
#include "mailtool/store/atomic_file.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxOctets = 2 * imap::kMaxMailboxName + 64;

}  // namespace

// "1", the UID, both names: a line each.
Result<std::optional<RenameNote>> RenameNote::read(const std::string& path) {
  const auto text = store::read_regular(path, kMaxOctets);
  if (!text) return text.error();
  if (!*text) return std::optional<RenameNote>();
  const auto lines = split(**text, '\n');
  const bool whole = lines.size() == 5 && lines[0] == "1" && lines[4].empty();
  const auto uid = whole ? parse_number(lines[1], UINT32_MAX) : std::nullopt;
  if (!uid || !folder_of_name(lines[3]) ||
      (lines[2] != "INBOX" && !folder_of_name(lines[2]))) {
    return Error{ErrorKind::config, "not what was written there", path};
  }
  return std::optional<RenameNote>(
      RenameNote{std::string(lines[2]), std::string(lines[3]),
                 static_cast<std::uint32_t>(*uid)});
}

Result<void> RenameNote::write(const std::string& path) const {
  auto file = store::AtomicFile::create(path);
  if (!file) return std::move(file).error();
  const auto text =
      "1\n" + std::to_string(uid_below) + "\n" + from + "\n" + to + "\n";
  if (auto wrote = file->write(text); !wrote) return wrote;
  return file->commit();
}

Result<void> RenameNote::remove(const std::string& path) {
  if (store::sys_unlink(AT_FDCWD, path.c_str()) != 0 && errno != ENOENT) {
    return store::system_error("remove", path, errno);
  }
  return store::sync_directory(path.substr(0, path.rfind('/')));
}

}  // namespace mailtool::app
