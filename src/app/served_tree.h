/// \file
/// ServedTree: the folders of the users of `serve`.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/served_box.h"
#include "app/served_uidvalidity.h"
#include "mailtool/serve/maildrop.h"

namespace mailtool::app {

/// The folders of one user, as Maildir++ has them: the user's own folder is
/// INBOX, ".Work.2026" below it is "Work/2026". Names are in modified UTF-7, and
/// hold no dot.
class ServedFolders : public serve::Mailboxes {
 public:
  /// `disk` outlives it. `clock` tells the seconds since 1970, for a new
  /// folder's UIDVALIDITY. Makes Drafts, Sent, Junk, Trash and Archive where it
  /// makes the first folder.
  static Result<std::shared_ptr<ServedFolders>> open(
      ServeDisk& disk, std::string path, std::function<std::int64_t()> clock);

  std::vector<serve::MailboxRow> rows() override;
  Result<std::shared_ptr<serve::Mailbox>> open(std::string_view name) override;
  Result<void> create(std::string_view name) override;
  Result<void> remove(std::string_view name) override;
  Result<void> rename(std::string_view from, std::string_view to) override;
  Result<void> subscribe(std::string_view name, bool on) override;

  Result<std::shared_ptr<ServedBox>> box(std::string_view name);
  Result<std::shared_ptr<ServedBox>> inbox() { return box("INBOX"); }

 private:
  ServedFolders(ServeDisk& disk, std::string path,
                std::function<std::int64_t()> clock)
      : disk_(disk),
        path_(std::move(path)),
        clock_(std::move(clock)),
        uidvalidity_(path_) {}
  Result<std::shared_ptr<ServedBox>> open_at(const std::string& path);
  [[nodiscard]] Result<std::string> path_of(std::string_view name) const;
  Result<void> load_subscriptions();
  Result<void> write_subscriptions();

  ServeDisk& disk_;
  std::string path_;
  std::function<std::int64_t()> clock_;
  std::map<std::string, std::weak_ptr<ServedBox>, std::less<>> open_;
  std::set<std::string, std::less<>> subscribed_;
  ServedUidvalidity uidvalidity_;
};

/// All users. Each has a folder below `root`.
class ServedTree : public serve::MailStore {
 public:
  /// `disk` outlives it.
  ServedTree(ServeDisk& disk, std::string root,
             std::function<std::int64_t()> clock)
      : disk_(disk), root_(std::move(root)), clock_(std::move(clock)) {}

  /// Fails with rejected for a name that can be no folder's.
  Result<std::shared_ptr<ServedFolders>> user(std::string_view name);
  Result<std::shared_ptr<serve::Mailboxes>> open(std::string_view user) override;

 private:
  ServeDisk& disk_;
  std::string root_;
  std::function<std::int64_t()> clock_;
  std::map<std::string, std::shared_ptr<ServedFolders>, std::less<>> users_;
};

/// The INBOX of each user as POP3 has it: one session at a time.
class ServedMaildrops : public serve::Maildrops {
 public:
  /// `tree` outlives it, and it the maildrops.
  explicit ServedMaildrops(ServedTree& tree) : tree_(tree) {}
  Result<std::unique_ptr<serve::Maildrop>> open(std::string_view user) override;

 private:
  ServedTree& tree_;
  std::set<std::string, std::less<>> taken_;
};

}  // namespace mailtool::app
