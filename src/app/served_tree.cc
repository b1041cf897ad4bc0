#include "app/served_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/imap/mailbox_name.h"
#include "mailtool/store/atomic_file.h"

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

constexpr std::size_t kMaxName = 200;
constexpr std::size_t kMaxSubscriptions = 1024 * 1024;

Error refused(std::string what) {
  return Error{ErrorKind::rejected, std::move(what)};
}

bool is_user(std::string_view name) {
  const bool legal =
      std::all_of(name.begin(), name.end(), [](char c) {
        return !is_control(c) && c != '/' && static_cast<unsigned char>(c) != 0x7f;
      });
  return legal && !name.empty() && name.size() <= kMaxName &&
         !name.starts_with('.');
}

std::string_view use_of(std::string_view name) {
  for (const auto& role : kRoles) {
    if (role.name == name) return role.use;
  }
  return "";
}

class ServedMaildrop : public serve::Maildrop {
 public:
  ServedMaildrop(std::shared_ptr<ServedBox> box, std::function<void()> release)
      : box_(std::move(box)), release_(std::move(release)) {
    messages_ = box_->messages();
  }
  ~ServedMaildrop() override { release_(); }
  std::size_t size() const override { return messages_.size(); }
  std::uint64_t octets(std::size_t number) const override {
    return messages_[number].octets;
  }
  std::string unique_id(std::size_t number) const override {
    return std::to_string(box_->uidvalidity()) + "." +
           std::to_string(messages_[number].uid);
  }
  Result<std::unique_ptr<Source>> open(std::size_t number) override {
    auto opened = box_->open(messages_[number].uid);
    if (!opened) return std::move(opened).error();
    return std::unique_ptr<Source>(*std::move(opened));
  }
  void remove(const std::vector<std::size_t>& numbers) override {
    std::vector<std::uint32_t> uids;
    for (const auto number : numbers) uids.push_back(messages_[number].uid);
    const auto removed = box_->remove(uids);
    ticket_ = box_->ticket();
    if (!removed) ticket_ = std::make_shared<DiskTicket>(DiskTicket{removed});
  }
  std::optional<Result<void>> outcome() override { return ticket_->outcome; }

 private:
  std::shared_ptr<ServedBox> box_;
  std::function<void()> release_;
  std::vector<serve::MailboxMessage> messages_;
  std::shared_ptr<DiskTicket> ticket_;
};

}  // namespace

// --- ServedFolders ---------------------------------------------------------------

Result<std::shared_ptr<ServedFolders>> ServedFolders::open(
    ServeDisk& disk, std::string path, std::function<std::int64_t()> clock) {
  std::error_code error;
  const bool first = !fs::exists(path, error);
  std::shared_ptr<ServedFolders> folders(
      new ServedFolders(disk, std::move(path), std::move(clock)));
  if (auto inbox = folders->inbox(); !inbox) return std::move(inbox).error();
  if (auto loaded = folders->load_subscriptions(); !loaded) {
    return std::move(loaded).error();
  }
  if (!first) return folders;
  for (const auto& role : kRoles) {
    if (auto made = folders->create(role.name); !made) {
      return std::move(made).error();
    }
  }
  return folders;
}

// No name leads out of the folder: it begins with a dot and has no slash.
Result<std::string> ServedFolders::path_of(std::string_view name) const {
  if (name == "INBOX") return path_;
  const bool empty_level = name.empty() || name.starts_with('/') ||
                           name.ends_with('/') ||
                           name.find("//") != name.npos;
  if (empty_level || istarts_with(name, "INBOX/")) {
    return refused("no legal name of a mailbox");
  }
  auto wire = imap::encode_modified_utf7(name);
  if (wire.find('.') != wire.npos) return refused("a dot in the name");
  if (wire.size() > kMaxName) return refused("the name is too long");
  std::replace(wire.begin(), wire.end(), '/', '.');
  return path_ + "/." + wire;
}

std::vector<serve::MailboxRow> ServedFolders::rows() {
  std::vector<serve::MailboxRow> all{
      {"INBOX", "", subscribed_.contains("INBOX")}};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    auto wire = entry.path().filename().string();
    if (!wire.starts_with('.') || !entry.is_directory(error)) continue;
    wire.erase(0, 1);
    std::replace(wire.begin(), wire.end(), '.', '/');
    auto name = imap::mailbox_from_wire(wire);
    if (!name.well_formed) continue;
    const bool subscribed = subscribed_.contains(name.utf8);
    all.push_back({name.utf8, std::string(use_of(name.utf8)), subscribed});
  }
  std::sort(all.begin() + 1, all.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
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

Result<std::shared_ptr<ServedBox>> ServedFolders::box(std::string_view name) {
  const auto known = open_.find(name);
  if (known != open_.end()) {
    if (auto box = known->second.lock()) return box;
    open_.erase(known);
  }
  const auto path = path_of(name);
  if (!path) return path.error();
  std::error_code error;
  if (name != "INBOX" && !fs::is_directory(*path, error)) {
    return Error{ErrorKind::no_such_item, "no such mailbox"};
  }
  auto box = open_at(*path);
  if (box) open_.emplace(name, *box);
  return box;
}

Result<std::shared_ptr<serve::Mailbox>> ServedFolders::open(
    std::string_view name) {
  auto found = box(name);
  if (!found) return std::move(found).error();
  return std::shared_ptr<serve::Mailbox>(*std::move(found));
}

Result<void> ServedFolders::create(std::string_view name) {
  const auto path = path_of(name);
  if (!path) return path.error();
  std::error_code error;
  if (name == "INBOX" || fs::exists(*path, error)) {
    return refused("it is there already");
  }
  auto box = open_at(*path);
  if (!box) return std::move(box).error();
  return {};
}

Result<void> ServedFolders::remove(std::string_view name) {
  if (name == "INBOX") return refused("INBOX stays");
  auto found = box(name);
  if (!found) return std::move(found).error();
  if (found->use_count() > 1) return refused("another session has it open");
  const auto path = path_of(name);
  // Out of sight in one step; a crash leaves what no name leads to.
  std::error_code error;
  const auto uidvalidity = (*found)->uidvalidity();
  if (auto noted = uidvalidity_.had(uidvalidity); !noted) return noted;
  const auto away = path_ + "/removed-" + std::to_string(uidvalidity);
  fs::rename(*path, away, error);
  if (error) return Error{ErrorKind::local_io, "cannot be removed"};
  found->reset();
  open_.erase(open_.find(name));
  fs::remove_all(away, error);
  return {};
}

Result<void> ServedFolders::rename(std::string_view from, std::string_view to) {
  if (from == "INBOX") return refused("INBOX stays");
  auto found = box(from);
  if (!found) return std::move(found).error();
  if (found->use_count() > 1) return refused("another session has it open");
  const auto source = path_of(from);
  const auto target = path_of(to);
  if (!target) return target.error();
  std::error_code error;
  if (to == "INBOX" || fs::exists(*target, error)) {
    return refused("it is there already");
  }
  found->reset();
  open_.erase(open_.find(from));
  fs::rename(*source, *target, error);
  if (error) return Error{ErrorKind::local_io, "cannot be renamed"};
  return {};
}

// --- subscriptions ---------------------------------------------------------------

Result<void> ServedFolders::load_subscriptions() {
  std::ifstream file(path_ + "/subscriptions", std::ios::binary);
  std::string line;
  std::size_t octets = 0;
  while (std::getline(file, line)) {
    octets += line.size() + 1;
    if (octets > kMaxSubscriptions) {
      return Error{ErrorKind::config, "too long", path_ + "/subscriptions"};
    }
    if (!line.empty()) subscribed_.insert(line);
  }
  return {};
}

Result<void> ServedFolders::write_subscriptions() {
  auto file = store::AtomicFile::create(path_ + "/subscriptions");
  if (!file) return std::move(file).error();
  for (const auto& name : subscribed_) {
    if (auto wrote = file->write(name + "\n"); !wrote) return wrote;
  }
  return file->commit();
}

Result<void> ServedFolders::subscribe(std::string_view name, bool on) {
  if (const auto path = path_of(name); !path) return path.error();
  if (on == subscribed_.contains(name)) return {};
  if (on) {
    subscribed_.emplace(name);
  } else {
    subscribed_.erase(subscribed_.find(name));
  }
  return write_subscriptions();
}

// --- ServedTree ------------------------------------------------------------------

Result<std::shared_ptr<ServedFolders>> ServedTree::user(std::string_view name) {
  const auto known = users_.find(name);
  if (known != users_.end()) return known->second;
  if (!is_user(name)) return refused("no legal name of a user");
  auto folders = ServedFolders::open(
      disk_, root_ + "/" + std::string(name) + "/Maildir", clock_);
  if (folders) users_.emplace(name, *folders);
  return folders;
}

Result<std::shared_ptr<serve::Mailboxes>> ServedTree::open(
    std::string_view user_name) {
  auto folders = user(user_name);
  if (!folders) return std::move(folders).error();
  return std::shared_ptr<serve::Mailboxes>(*std::move(folders));
}

Result<std::unique_ptr<serve::Maildrop>> ServedMaildrops::open(
    std::string_view user) {
  auto folders = tree_.user(user);
  if (!folders) return std::move(folders).error();
  auto inbox = (*folders)->inbox();
  if (!inbox) return std::move(inbox).error();
  if (auto looked = (*inbox)->look(); !looked) return std::move(looked).error();
  if (!taken_.emplace(user).second) return Error{ErrorKind::busy, "in use"};
  return std::unique_ptr<serve::Maildrop>(new ServedMaildrop(
      *std::move(inbox), [this, name = std::string(user)] {
        taken_.erase(name);
      }));
}

}  // namespace mailtool::app
