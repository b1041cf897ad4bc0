/// \file
/// ServedFolders: the mailboxes of a user of `serve`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/recent_boxes.h"
#include "app/rename_note.h"
#include "app/served_box.h"
#include "app/served_subscriptions.h"
#include "app/served_uidvalidity.h"

namespace mailtool::app {

/// As Maildir++ has them: the user's own folder is INBOX, ".Work.2026" below it
/// is "Work/2026", whether there is a "Work" or not.
///
/// RENAME is one step for one mailbox. For several, and for what is in INBOX, a
/// RenameNote says what has to be done; a step that fails, or a crash, leaves
/// each message in one mailbox, and the rest is done before names change again,
/// or at the next open(). A mailbox keeps its UIDVALIDITY, unless one that had the
/// name had a higher one. What is removed is out of sight in one step, and
/// stays below another name while anybody has it open.
class ServedFolders : public serve::Mailboxes,
                      public std::enable_shared_from_this<ServedFolders> {
 public:
  static constexpr std::size_t kMaxMailboxes = 10'000;

  /// `disk` outlives it. `clock` tells the seconds since 1970, for a new
  /// folder's UIDVALIDITY. Makes Drafts, Sent, Junk, Trash and Archive where it
  /// makes the first folder. There are never more than `most`, and INBOX. What
  /// was used last stays open in `recent`.
  static Result<std::shared_ptr<ServedFolders>> open(
      ServeDisk& disk, std::string path, std::function<std::int64_t()> clock,
      std::shared_ptr<RecentBoxes> recent, std::size_t most = kMaxMailboxes);

  ~ServedFolders() override;

  std::vector<serve::MailboxRow> rows() override;
  Result<std::shared_ptr<serve::Mailbox>> open(std::string_view name) override;
  Result<void> create(std::string_view name, std::string_view use) override {
    return told(make(name, use));
  }
  Result<void> create(std::string_view name) { return create(name, ""); }
  Result<void> remove(std::string_view name) override {
    return told(put_away(name));
  }
  Result<void> rename(std::string_view from, std::string_view to) override {
    return told(begin_renaming(from, to));
  }
  [[nodiscard]] std::unique_ptr<serve::Pending> renaming() override;
  Result<void> subscribe(std::string_view name, bool on) override {
    return told(note_subscribed(name, on));
  }

  /// The one that is there: what another program has taken away is as deleted, and
  /// where that is all of it, all begins anew, as at open().
  Result<std::shared_ptr<ServedBox>> box(std::string_view name);
  Result<std::shared_ptr<ServedBox>> inbox() { return box("INBOX"); }

 private:
  struct Removed {
    std::weak_ptr<ServedBox> box;
    std::string path;
  };
  struct InboxMove {
    std::shared_ptr<ServedBox> inbox;
    std::uint32_t uid_below;
    std::uint32_t uidvalidity;  // of the new mailbox
    std::string target;
  };
  struct TreeMove {
    RenameNote note;
    std::vector<std::string> low;  // to be renumbered, the next one last
    std::uint32_t uidvalidity = 0;  // of that one; then those above it
  };
  struct Going {
    std::string name;
    std::optional<std::uint32_t> uidvalidity;
  };
  ServedFolders(ServeDisk& disk, std::string path,
                std::function<std::int64_t()> clock,
                std::shared_ptr<RecentBoxes> recent, std::size_t most)
      : disk_(disk),
        path_(std::move(path)),
        clock_(std::move(clock)),
        recent_(std::move(recent)),
        most_(most),
        uidvalidity_(path_),
        subscriptions_(path_ + "/subscriptions") {}
  /// As ServeDisk::told().
  Result<void> told(Result<void> done);
  Result<void> make(std::string_view name, std::string_view use);
  Result<void> put_away(std::string_view name);
  Result<void> note_subscribed(std::string_view name, bool on);
  Result<void> begin();
  Result<void> begin_if_lost();
  [[nodiscard]] Result<void> check_links() const;
  Result<std::shared_ptr<ServedBox>> open_box(std::string_view name);
  Result<std::shared_ptr<ServedBox>> open_at(const std::string& path);
  void drop_lost();
  [[nodiscard]] bool is_full();
  [[nodiscard]] Result<std::string> path_of(std::string_view name) const;
  [[nodiscard]] bool is_there(std::string_view name) const;
  /// By whatever: also by what is no mailbox.
  [[nodiscard]] bool is_taken(std::string_view name) const;
  [[nodiscard]] bool has_below(std::string_view name) const;
  /// Of the mailboxes on the disk but INBOX, in no order.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::string use_of(const std::string& name);
  [[nodiscard]] std::shared_ptr<ServedBox> known(std::string_view name);
  void sweep();
  void remove_leavings();

  // served_folders_rename.cc
  Result<void> begin_renaming(std::string_view from, std::string_view to);
  [[nodiscard]] std::string note_path() const { return path_ + "/renaming"; }
  Result<void> plan(const RenameNote& note);
  Result<void> finish_renaming();
  [[nodiscard]] std::vector<Going> going(const RenameNote& note);
  Result<bool> move_tree_some();
  Result<std::vector<std::string>> find_low(const RenameNote& note,
                                            const std::vector<Going>& all);
  Result<void> move_tree(const RenameNote& note, const std::vector<Going>& all);
  [[nodiscard]] std::optional<std::uint32_t> uidvalidity_of(
      const std::string& name);
  Result<void> renumber(const std::string& name, std::uint32_t uidvalidity);
  Result<void> move_one(const std::string& from, const std::string& to);
  Result<bool> begin_inbox(const RenameNote& note);
  Result<bool> move_inbox_some();
  Result<bool> rename_some();
  void rename_by_itself();
  void leave_inbox();

  ServeDisk& disk_;
  std::string path_;
  std::function<std::int64_t()> clock_;
  std::shared_ptr<RecentBoxes> recent_;
  std::size_t most_;
  std::map<std::string, std::weak_ptr<ServedBox>, std::less<>> open_;
  std::map<std::string, std::string, std::less<>> uses_;  // of those asked for
  std::vector<Removed> removed_;
  std::size_t count_ = 0;
  bool renaming_ = true;  // there may be a note
  std::optional<InboxMove> inbox_move_;
  std::optional<TreeMove> tree_move_;
  std::shared_ptr<DiskTicket> renamed_;  // of what goes on by itself
  ServedUidvalidity uidvalidity_;
  ServedSubscriptions subscriptions_;
};

}  // namespace mailtool::app
