#include "app/served_folders.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "app/served_names.h"
#include "mailtool/base/ascii.h"
#include "mailtool/store/atomic_file.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;

struct Role {
  std::string_view name;
  std::string_view use;
};
constexpr Role kRoles[] = {{"Archive", "\\Archive"},
                           {"Drafts", "\\Drafts"},
                           {"Junk", "\\Junk"},
                           {"Sent", "\\Sent"},
                           {"Trash", "\\Trash"}};
constexpr std::size_t kMaxUse = 100;
constexpr std::string_view kRemoved = "removed-";

Error refused(std::string what) {
  return Error{ErrorKind::rejected, std::move(what)};
}

Error missing() { return {ErrorKind::no_such_item, "no such mailbox"}; }

// What was asked for when the mailbox was made goes before its name.
std::string read_use(const std::string& path, std::string_view name) {
  const auto text = store::read_regular(path + "/use", kMaxUse);
  auto use = text ? text->value_or("") : "";
  const bool whole = use.ends_with('\n') && is_ascii(use);
  if (whole) use.pop_back();
  if (whole && use.starts_with('\\') &&
      std::none_of(use.begin(), use.end(), [](char c) {
        return is_control(c) || c == '(' || c == ')' || c == '"';
      })) {
    return use;
  }
  for (const auto& role : kRoles) {
    if (role.name == name) return std::string(role.use);
  }
  return "";
}

// A copy of a folder, which another program has made, has its UIDVALIDITY: what
// was removed of one may still be there.
std::string free_path(const std::string& path) {
  auto free = path;
  std::error_code error;
  for (int i = 2; fs::exists(fs::symlink_status(free, error)); ++i) {
    free = path + "-" + std::to_string(i);
  }
  return free;
}

}  // namespace

Result<std::shared_ptr<ServedFolders>> ServedFolders::open(
    ServeDisk& disk, std::string path, std::function<std::int64_t()> clock,
    std::shared_ptr<RecentBoxes> recent, std::size_t most) {
  std::shared_ptr<ServedFolders> folders(new ServedFolders(
      disk, std::move(path), std::move(clock), std::move(recent), most));
  if (auto begun = folders->begin(); !begun) return std::move(begun).error();
  folders->remove_leavings();
  return folders;
}

// What is in memory is of the folder that is there.
Result<void> ServedFolders::begin() {
  std::error_code error;
  const bool first = !fs::exists(path_, error);
  if (auto own = check_links(); !own) return own;
  if (auto inbox = open_box("INBOX"); !inbox) return std::move(inbox).error();
  uses_.clear();
  subscriptions_ = ServedSubscriptions(path_ + "/subscriptions");
  if (auto loaded = subscriptions_.load(); !loaded) return loaded;
  renaming_ = true;
  if (auto done = finish_renaming(); !done) return done;
  count_ = names().size();
  for (const auto& role : kRoles) {
    if (!first) break;
    if (auto made = create(role.name); !made) return made;
  }
  return {};
}

// The INBOX is in the user's folder itself, and `served` is in it ever since it was
// opened first.
Result<void> ServedFolders::begin_if_lost() {
  const auto found = open_.find("INBOX");
  const bool is_open = found != open_.end() && !found->second.expired();
  if (is_open && known("INBOX")) return {};
  std::error_code error;
  auto begun = check_links();
  if (begun && !is_open && fs::exists(path_ + "/served", error)) return {};
  drop_lost();
  if (inbox_move_) leave_inbox();
  tree_move_.reset();
  if (begun) begun = begin();
  return begun ? begun : disk_.told(std::move(begun).error());
}

// The user's folder, and that which INBOX is; of those below it can_be() tells.
Result<void> ServedFolders::check_links() const {
  for (const auto& path : {fs::path(path_).parent_path().native(), path_}) {
    std::error_code error;
    if (!fs::is_symlink(path, error)) continue;
    return Error{ErrorKind::config, "a link leads elsewhere", path};
  }
  return {};
}

void ServedFolders::drop_lost() {
  std::vector<std::string> all;
  for (const auto& [name, box] : open_) all.push_back(name);
  for (const auto& name : all) (void)known(name);
}

// Other programs may have removed some.
bool ServedFolders::is_full() {
  if (count_ >= most_) count_ = names().size();
  return count_ >= most_;
}

// Its boxes are nobody else's; who opens the folder next can have them.
ServedFolders::~ServedFolders() {
  for (const auto& [name, box] : open_) {
    if (const auto open = box.lock()) recent_->drop(open);
  }
}

Result<std::string> ServedFolders::path_of(std::string_view name) const {
  if (name == "INBOX") return path_;
  auto folder = folder_of_name(name);
  if (!folder) return folder;
  return path_ + "/" + *folder;
}

bool ServedFolders::is_there(std::string_view name) const {
  const auto path = path_of(name);
  return path && store::ServedMaildir::can_be(*path);
}

bool ServedFolders::is_taken(std::string_view name) const {
  const auto path = path_of(name);
  std::error_code error;
  return path && fs::exists(fs::symlink_status(*path, error));
}

bool ServedFolders::has_below(std::string_view name) const {
  const auto all = names();
  return std::any_of(all.begin(), all.end(), [&](const std::string& one) {
    return is_name_below(one, name);
  });
}

std::vector<std::string> ServedFolders::names() const {
  std::vector<std::string> all;
  std::error_code error;
  for (fs::directory_iterator at(path_, error), end; !error && at != end;
       at.increment(error)) {
    auto name = name_of_folder(at->path().filename().native());
    if (name && store::ServedMaildir::can_be(at->path().native())) {
      all.push_back(*std::move(name));
    }
  }
  return all;
}

std::string ServedFolders::use_of(const std::string& name) {
  const auto asked = uses_.find(name);
  if (asked != uses_.end()) return asked->second;
  auto use = read_use(*path_of(name), name);
  uses_.emplace(name, use);
  return use;
}

std::vector<serve::MailboxRow> ServedFolders::rows() {
  sweep();
  std::vector<serve::MailboxRow> all;
  // Where that fails there are none, and what opens one says why.
  auto there = begin_if_lost() ? names() : std::vector<std::string>();
  std::sort(there.begin(), there.end());
  all.push_back({"INBOX", "", subscriptions_.contains("INBOX"), true});
  for (auto& name : there) {
    auto use = use_of(name);
    const bool subscribed = subscriptions_.contains(name);
    all.push_back({std::move(name), std::move(use), subscribed, true});
  }
  const auto mailboxes = all.size();
  for (const auto& name : subscriptions_.names()) {
    const bool known =
        name == "INBOX" ||
        std::binary_search(
            all.begin() + 1,
            all.begin() + static_cast<std::ptrdiff_t>(mailboxes),
            serve::MailboxRow{name, "", true, true},
            [](const auto& a, const auto& b) { return a.name < b.name; });
    if (!known) all.push_back({name, "", true, false});
  }
  return all;
}

// A folder that is there has its UIDVALIDITY.
Result<std::shared_ptr<ServedBox>> ServedFolders::open_at(
    const std::string& path) {
  std::uint32_t uidvalidity = 0;
  std::error_code error;
  if (!fs::exists(path + "/served", error) && !error) {
    const auto next = uidvalidity_.next(clock_());
    if (!next) return next.error();
    uidvalidity = *next;
  }
  return ServedBox::open(disk_, path, uidvalidity);
}

std::shared_ptr<ServedBox> ServedFolders::known(std::string_view name) {
  const auto found = open_.find(name);
  if (found == open_.end()) return nullptr;
  auto box = found->second.lock();
  if (box && box->is_here()) return box;
  open_.erase(found);
  if (!box) return nullptr;
  recent_->drop(box);
  uses_.erase(std::string(name));
  uidvalidity_.lost({std::string(name), box->uidvalidity()});
  return nullptr;
}

Result<std::shared_ptr<ServedBox>> ServedFolders::box(std::string_view name) {
  if (auto open = known(name)) {
    recent_->use(open);
    return open;
  }
  if (auto begun = begin_if_lost(); !begun) return std::move(begun).error();
  return open_box(name);
}

Result<std::shared_ptr<ServedBox>> ServedFolders::open_box(
    std::string_view name) {
  if (auto open = known(name)) return open;
  const auto path = path_of(name);
  if (!path) return path.error();
  if (name != "INBOX" && !is_there(name)) return missing();
  auto box = open_at(*path);
  if (!box && box.error().kind == ErrorKind::busy) {
    // Another program has renamed the folder of one that is open.
    drop_lost();
    box = open_at(*path);
  }
  if (!box) return disk_.told(std::move(box).error());
  open_.emplace(name, *box);
  recent_->use(*box);
  return box;
}

Result<std::shared_ptr<serve::Mailbox>> ServedFolders::open(
    std::string_view name) {
  auto found = box(name);
  if (!found) return std::move(found).error();
  return std::shared_ptr<serve::Mailbox>(*std::move(found));
}

Result<void> ServedFolders::told(Result<void> done) {
  return done ? done : disk_.told(std::move(done).error());
}

Result<void> ServedFolders::make(std::string_view name, std::string_view use) {
  if (auto begun = begin_if_lost(); !begun) return begun;
  if (auto done = finish_renaming(); !done) return done;
  const auto path = path_of(name);
  if (!path) return path.error();
  std::error_code error;
  if (name == "INBOX" || fs::exists(*path, error) || is_taken(name)) {
    return refused("[ALREADYEXISTS] it is there already");
  }
  if (error) return Error{ErrorKind::local_io, "cannot be looked at", *path};
  (void)known(name);  // it may be of one that another program has removed
  if (is_full()) {
    return refused("[LIMIT] too many mailboxes: delete some");
  }
  const auto write_use = [&]() -> Result<void> {
    auto file = store::AtomicFile::create(*path + "/use");
    if (!file) return std::move(file).error();
    auto wrote = file->write(std::string(use) + "\n");
    return wrote ? file->commit() : wrote;
  };
  auto box = open_at(*path);
  auto made = box ? Result<void>() : Result<void>(box.error());
  if (made && !use.empty()) made = write_use();
  if (!made) {
    if (box) box->reset();
    fs::remove_all(*path, error);
    return made;
  }
  uses_.erase(std::string(name));
  ++count_;
  return {};
}

Result<void> ServedFolders::put_away(std::string_view name) {
  if (name == "INBOX") return refused("[CANNOT] INBOX stays");
  if (auto begun = begin_if_lost(); !begun) return begun;
  if (auto done = finish_renaming(); !done) return done;
  const auto path = path_of(name);
  if (!path) return path.error();
  if (!is_there(name)) {
    if (!has_below(name)) return missing();
    return refused("[HASCHILDREN] no mailbox, but there are some below it");
  }
  auto found = box(name);
  if (!found) return std::move(found).error();
  const auto uidvalidity = (*found)->uidvalidity();
  // Who deletes may do so because the disk is full: what could not be written is
  // with what is written next.
  const auto noted = uidvalidity_.give_up({{std::string(name), uidvalidity}});
  if (!noted && noted.error().kind == ErrorKind::config) return noted;
  const auto away = free_path(path_ + "/" + std::string(kRemoved) +
                              std::to_string(uidvalidity));
  if (auto moved = (*found)->move_to(away); !moved) return moved;
  (*found)->set_removed();
  disk_.mark(**found);  // so that those in IDLE are told
  recent_->drop(*found);
  open_.erase(open_.find(name));
  uses_.erase(std::string(name));
  if (count_ > 0) --count_;
  removed_.push_back({*found, away});
  found->reset();
  sweep();
  return store::sync_directory(path_);
}

// Whoever had it open has left it.
void ServedFolders::sweep() {
  std::erase_if(removed_, [this](const Removed& one) {
    if (!one.box.expired()) return false;
    disk_.disposal().add_folder(one.path);
    return true;
  });
}

void ServedFolders::remove_leavings() {
  std::error_code error;
  for (fs::directory_iterator at(path_, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().filename().native().starts_with(kRemoved)) {
      disk_.disposal().add_folder(at->path().native());
    }
  }
}

Result<void> ServedFolders::note_subscribed(std::string_view name, bool on) {
  if (const auto path = path_of(name); on && !path) return path.error();
  if (auto begun = begin_if_lost(); !begun) return begun;
  if (on && !subscriptions_.contains(name) && !is_there(name) &&
      !has_below(name)) {
    return missing();
  }
  return subscriptions_.set(name, on);
}

}  // namespace mailtool::app
