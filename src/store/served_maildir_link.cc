// Messages of a ServedMaildir that lie in another one, too: one more name of the
// same file, which nobody writes to again.

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "mailtool/store/served_maildir.h"
#include "store/system.h"

namespace mailtool::store {

// It gets its name at commit(), as its UID is of the messages that come then.
Result<bool> ServedMaildir::add_link(const ServedMaildir& from,
                                     const ServedMessage& message,
                                     std::string_view flags) {
  if (auto here = check(); !here) return std::move(here).error();
  if (auto reserved = reserve(); !reserved) return std::move(reserved).error();
  Added one{uidnext_, message.octets};
  one.linked = path_ + "/tmp/" + std::string(kLinked) + std::to_string(uidnext_);
  const auto source = from.path_of(message);
  if (sys_link(source.c_str(), one.linked.c_str()) != 0) {
    if (errno == ENOENT) {
      return Error{ErrorKind::no_such_item, "gone", source};
    }
    return false;
  }
  const auto octets = message.converted
                          ? std::optional<std::uint64_t>(message.octets)
                          : std::nullopt;
  one.name = name_of(message.date, octets) + ":2," + std::string(flags);
  one.date = message.date;
  one.converted = message.converted;
  batch_.push_back(std::move(one));
  ++uidnext_;
  return true;
}

// UID 0 for one that could not be kept; then why.
std::optional<Error> ServedMaildir::commit_links(std::vector<Added>& batch) {
  std::optional<Error> failed;
  bool any = false;
  for (auto& one : batch) {
    if (one.linked.empty()) continue;
    const auto to = path_ + "/cur/" + one.name;
    if (sys_rename_new(AT_FDCWD, one.linked.c_str(), AT_FDCWD, to.c_str()) ==
        0) {
      any = true;
      continue;
    }
    failed = system_error("rename", one.linked, errno);
    (void)sys_unlink(AT_FDCWD, one.linked.c_str());
    one.uid = 0;
  }
  if (!any) return failed;
  auto synced = files_->sync();
  if (synced) return failed;
  // As they are not safe, they are to be no messages.
  for (auto& one : batch) {
    if (one.linked.empty() || one.uid == 0) continue;
    (void)sys_unlink(AT_FDCWD, (path_ + "/cur/" + one.name).c_str());
    one.uid = 0;
  }
  return std::move(synced).error();
}

}  // namespace mailtool::store
