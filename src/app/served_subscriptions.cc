#include "app/served_subscriptions.h"

#include <algorithm>

#include "app/served_names.h"
#include "mailtool/store/atomic_file.h"
#include "store/system.h"

namespace mailtool::app {

Result<void> ServedSubscriptions::load() {
  const auto file = store::read_regular(path_, kMaxOctets);
  if (!file) return file.error();
  const auto text = file->value_or("");
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    auto name = text.substr(begin, end - begin);
    begin = end + 1;
    if (name != "INBOX" && !folder_of_name(name)) continue;
    const auto octets = name.size() + 1;
    if (names_.insert(std::move(name)).second) octets_ += octets;
  }
  return {};
}

Result<void> ServedSubscriptions::write() {
  auto file = store::AtomicFile::create(path_);
  if (!file) return std::move(file).error();
  for (const auto& name : names_) {
    if (auto wrote = file->write(name + "\n"); !wrote) return wrote;
  }
  return file->commit();
}

Result<void> ServedSubscriptions::set(std::string_view name, bool on) {
  const auto known = names_.find(name);
  if (on == (known != names_.end())) return {};
  if (!on) {
    const auto gone = names_.extract(known);
    auto wrote = write();
    if (wrote) {
      octets_ -= name.size() + 1;
    } else {
      names_.emplace(name);
    }
    return wrote;
  }
  if (names_.size() >= kMaxNames || octets_ + name.size() + 1 > kMaxOctets) {
    return Error{ErrorKind::rejected,
                 "[LIMIT] too many subscriptions: unsubscribe from some"};
  }
  names_.emplace(name);
  auto wrote = write();
  if (wrote) {
    octets_ += name.size() + 1;
  } else {
    names_.erase(names_.find(name));
  }
  return wrote;
}

}  // namespace mailtool::app
