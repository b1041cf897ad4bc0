#include "app/served_tree.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxName = 200;

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

// The folder of that name, or else of another spelling of it: the first, as
// long as no other is made. nullopt where they cannot be read.
std::optional<std::string> folder_of(const std::string& root,
                                     std::string_view name) {
  std::error_code failed;
  auto best = lower(name);
  bool found = false;
  for (std::filesystem::directory_iterator at(root, failed), end;
       !failed && at != end; at.increment(failed)) {
    auto one = at->path().filename().string();
    if (one == name) return one;
    if (!iequals(one, name) || (found && best < one)) continue;
    best = std::move(one);
    found = true;
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return std::nullopt;
  }
  return best;
}

class ServedMaildrop : public serve::Maildrop {
 public:
  ServedMaildrop(std::shared_ptr<ServedBox> box, std::function<void()> release)
      : box_(std::move(box)), release_(std::move(release)) {}
  ~ServedMaildrop() override { release_(); }
  Result<bool> is_ready() override {
    if (box_->is_behind()) return false;
    // It says where what was to come has failed.
    if (auto looked = box_->look(); !looked) return std::move(looked).error();
    messages_ = box_->messages();
    return true;
  }
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

Result<std::shared_ptr<ServedFolders>> ServedTree::user(std::string_view name) {
  const auto known = users_.find(lower(name));
  if (known != users_.end()) return known->second;
  if (!is_user(name)) return refused("no legal name of a user");
  const auto folder = folder_of(root_, name);
  if (!folder) {
    return Error{ErrorKind::local_io, "the folders of users cannot be read",
                 root_};
  }
  const auto path = root_ + "/" + *folder;
  auto folders =
      ServedFolders::open(disk_, path + "/Maildir", clock_, recent_);
  if (!folders) return disk_.told(std::move(folders).error());
  users_.emplace(lower(name), *folders);
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
