/// \file
/// ServedBox: a folder of the mail that `serve` keeps, for all its sessions.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "mailtool/serve/mailbox.h"
#include "mailtool/store/disposal.h"
#include "mailtool/store/served_maildir.h"

namespace mailtool::app {

class ServedBox;

/// Something that is to be durable with the next sync.
struct DiskTicket {
  std::optional<Result<void>> outcome;
  std::uint32_t uid = 0;  ///< of a message that was added
  bool unwanted = false;  ///< it is to be removed again
};

class TicketPending : public serve::Pending {
 public:
  explicit TicketPending(std::shared_ptr<DiskTicket> ticket)
      : ticket_(std::move(ticket)) {}
  std::optional<Result<void>> outcome() override { return ticket_->outcome; }

 private:
  std::shared_ptr<DiskTicket> ticket_;
};

/// What has to be made durable, in all folders: one sync for all sessions.
class ServeDisk {
 public:
  /// How often watched boxes are looked at, at most.
  static constexpr std::chrono::milliseconds kBeat{500};

  explicit ServeDisk(std::string temporary_folder)
      : temporary_folder_(std::move(temporary_folder)) {}
  [[nodiscard]] bool is_dirty() const { return !dirty_.empty(); }
  /// Settles every ticket that was given.
  void sync();

  /// Takes in what other programs have done in boxes that are watched; what had
  /// any of it is dirty then. Does nothing within kBeat of the last time.
  void look();

  /// What is long is done in portions, so that no client waits for all of it:
  /// there is another one.
  [[nodiscard]] bool is_working() const {
    return !behind_.empty() || !works_.empty();
  }
  /// `portion` again and again, until it is false.
  void begin(std::function<bool()> portion) {
    works_.push_back(std::move(portion));
  }
  /// Does the next portion; what it has changed is dirty then.
  void work();
  /// More is to be taken in than was: ServedBox::is_behind().
  void take_in(ServedBox& box);

  void mark(ServedBox& box) { dirty_.insert(&box); }
  void forget(ServedBox& box) {
    dirty_.erase(&box);
    std::erase(behind_, &box);
    watched_.erase(&box);
  }
  void watch(ServedBox& box) { watched_.insert(&box); }
  /// Where files of removed messages are to be unlinked; empty: nowhere.
  void dispose(const std::string& folder) {
    if (!folder.empty()) disposal_.add(folder);
  }
  [[nodiscard]] store::Disposal& disposal() { return disposal_; }
  /// What a client may be told of `error`: where it is about a file that is not
  /// what it was, that alone; which file, and why, is said on the standard error,
  /// once for each of up to 100.
  [[nodiscard]] Error told(Error error);
  /// Where messages are spooled while they come in.
  [[nodiscard]] const std::string& temporary_folder() const {
    return temporary_folder_;
  }

 private:
  std::string temporary_folder_;
  std::unordered_set<ServedBox*> dirty_;
  std::unordered_set<ServedBox*> watched_;
  std::deque<ServedBox*> behind_;  // the next first
  std::deque<std::function<bool()>> works_;
  std::chrono::steady_clock::time_point next_look_{};
  store::Disposal disposal_;
  std::set<std::string> damaged_;
};

class ServedBox : public serve::Mailbox,
                  public std::enable_shared_from_this<ServedBox> {
 public:
  /// `disk` outlives it. Fails as ServedMaildir::open(), or with config where
  /// the file of keywords is damaged.
  static Result<std::shared_ptr<ServedBox>> open(ServeDisk& disk,
                                                 const std::string& path,
                                                 std::uint32_t uidvalidity);
  /// Settles what is still to be: a session may wait for that, and look at the
  /// box no more.
  ~ServedBox() override;

  [[nodiscard]] std::uint32_t uidvalidity() const override {
    return maildir_->uidvalidity();
  }
  [[nodiscard]] std::uint32_t uidnext() const override {
    return maildir_->uidnext();
  }
  [[nodiscard]] const std::vector<serve::MailboxMessage>& messages()
      const override {
    return messages_;
  }
  [[nodiscard]] const std::vector<std::string>& keywords() const override {
    return keywords_;
  }
  Result<serve::Flags> make_keywords(
      const std::vector<std::string>& names) override;
  [[nodiscard]] bool takes_keywords() const override;
  std::uint64_t highest_modseq() override;
  [[nodiscard]] std::uint64_t changes() const override { return changes_; }
  std::shared_ptr<void> watch() override;
  Result<void> look() override;
  [[nodiscard]] bool is_behind() const override {
    return maildir_->is_taking_in();
  }
  Result<std::unique_ptr<SeekableSource>> open(std::uint32_t uid) override;
  Result<bool> set_flags(std::uint32_t uid, serve::Flags flags) override;
  Result<void> remove(const std::vector<std::uint32_t>& uids) override;
  std::unique_ptr<serve::Pending> sync() override;
  Result<std::unique_ptr<serve::Appending>> append(
      serve::Flags flags, std::optional<std::int64_t> date) override;
  /// \pre `to` is a ServedBox
  std::unique_ptr<serve::Copying> copy(const std::vector<std::uint32_t>& uids,
                                       serve::Mailbox& to) override;

  /// A message for the next sync.
  std::shared_ptr<DiskTicket> add(Source& message,
                                  std::optional<std::int64_t> date,
                                  serve::Flags flags);
  /// Removes what was, and what will be, added for these.
  void give_up(const std::vector<std::shared_ptr<DiskTicket>>& tickets);
  /// For what was changed or removed.
  std::shared_ptr<DiskTicket> ticket();
  /// Looks for what other programs have done. True where there was any of it.
  Result<bool> refresh();
  /// False once another program has removed its folder, or put another in its
  /// place (ServedMaildir::is_in_place()): then it is as one that was deleted, and
  /// nobody is in the way of the one that is there now.
  bool is_here();
  /// Of ServeDisk::sync() and ServeDisk::look().
  void settle();
  /// As ServedMaildir::begin_at().
  Result<void> begin_at(std::uint32_t uidnext) {
    return maildir_->begin_at(uidnext);
  }
  /// As ServedMaildir::renumber(); who has been told another lets go of it.
  Result<void> renumber(std::uint32_t uidvalidity);
  /// As ServedMaildir::move_to(); what is still to be settled is.
  Result<void> move_to(const std::string& path);
  /// What letters mean is what they mean in the folder at `path`, too: durable when
  /// it returns. Fails as AtomicFile.
  Result<void> copy_keywords(const std::string& path) const;
  /// A portion of ServedMaildir::move_messages(); true while some are left.
  Result<bool> move_messages(const std::string& folder,
                             std::uint32_t uidvalidity, std::uint32_t below);
  [[nodiscard]] bool is_watched() const { return !watch_.expired(); }

 private:
  ServedBox(ServeDisk& disk, std::unique_ptr<store::ServedMaildir> maildir,
            std::string path)
      : disk_(disk), maildir_(std::move(maildir)), path_(std::move(path)) {}
  [[nodiscard]] static Error deleted();
  void lose();
  Result<void> load_keywords();
  Result<void> may_name();
  Result<void> write_keywords(const std::vector<std::string>& all);
  Result<void> find_letters();
  [[nodiscard]] serve::Flags used() const;
  void read_messages();
  void read_added(std::size_t count);
  std::shared_ptr<DiskTicket> add_copy(ServedBox& from, std::uint32_t uid);
  [[nodiscard]] serve::MailboxMessage* message(std::uint32_t uid);
  [[nodiscard]] std::string letters(serve::Flags flags) const;
  [[nodiscard]] serve::Flags flags_of(std::string_view letters) const;

  ServeDisk& disk_;
  std::unique_ptr<store::ServedMaildir> maildir_;
  std::string path_;
  std::vector<std::string> keywords_;  // "": the letter has no meaning
  bool keywords_kept_ = true;  // the file has them
  std::vector<serve::MailboxMessage> messages_;
  bool counted_ = false;  // messages_ have mod-sequences
  std::uint64_t changes_ = 0;
  std::weak_ptr<void> watch_;
  bool lost_ = false;  // its folder
  bool stale_ = false;  // messages_ is not what the folder is known to have
  std::vector<std::shared_ptr<DiskTicket>> added_;  // as they were added
  std::vector<std::shared_ptr<DiskTicket>> changed_;
};

}  // namespace mailtool::app
