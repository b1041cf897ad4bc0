/// \file
/// Mailboxes in memory, for the IMAP session.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mailtool/serve/mailbox.h"

namespace mailtool::serve {

/// How many syncs there were, and whether they fail.
struct FakeDisk {
  int synced = 0;
  bool broken = false;
};

/// A text, whatever becomes of the one it was made of.
class FakeOctets : public SeekableSource {
 public:
  explicit FakeOctets(std::string text) : text_(std::move(text)), rest_(text_) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    return rest_.read_some(into);
  }
  Result<void> seek(std::uint64_t offset) override {
    rest_ = StringSource(std::string_view(text_).substr(
        std::min<std::uint64_t>(offset, text_.size())));
    return {};
  }

 private:
  std::string text_;
  StringSource rest_;
};

/// Durable with the next sync.
template <class Base>
class FakePending : public Base {
 public:
  explicit FakePending(FakeDisk& disk) : disk_(disk), since_(disk.synced) {}
  std::optional<Result<void>> outcome() override {
    if (disk_.synced == since_) return std::nullopt;
    if (disk_.broken) return Error{ErrorKind::local_io, "disk is broken"};
    keep();
    return Result<void>();
  }

 protected:
  virtual void keep() {}

 private:
  FakeDisk& disk_;
  int since_;
};

class FakeMailbox : public Mailbox {
 public:
  FakeMailbox(FakeDisk& disk, std::uint32_t uidvalidity)
      : disk_(disk), uidvalidity_(uidvalidity) {}

  std::uint32_t uidvalidity() const override { return uidvalidity_; }
  /// As a RENAME may.
  void renumber() { uidvalidity_ += 10; }
  std::uint32_t uidnext() const override { return uidnext_; }
  const std::vector<MailboxMessage>& messages() const override { return all_; }
  const std::vector<std::string>& keywords() const override {
    return keywords_;
  }
  Result<Flags> make_keywords(const std::vector<std::string>& names) override {
    Flags bits = 0;
    auto all = keywords_;
    for (const auto& name : names) {
      const auto at = std::find(all.begin(), all.end(), name);
      const auto place = static_cast<std::size_t>(at - all.begin());
      if (at == all.end()) all.push_back(name);
      if (all.size() > kKeywords) {
        return Error{ErrorKind::rejected, "[LIMIT] no room for another keyword"};
      }
      bits |= Flags{1} << (kSystemFlags.size() + place);
    }
    if (all == keywords_) return bits;
    if (broken) return *broken;
    keywords_ = std::move(all);
    ++changes_;
    return bits;
  }
  bool takes_keywords() const override { return keywords_.size() < kKeywords; }
  /// Its bit, which no message has, means `name` from now on.
  void rename_keyword(std::size_t place, std::string name) {
    keywords_[place] = std::move(name);
    ++changes_;
  }
  std::uint64_t highest_modseq() override { return counts ? modseq_ : 0; }
  std::uint64_t changes() const override {
    return changes_;
  }
  std::shared_ptr<void> watch() override { return watched_; }
  [[nodiscard]] bool is_watched() const { return watched_.use_count() > 1; }
  /// At once, and copied at once.
  std::size_t most_removed = 0;
  std::size_t most_copied = 0;
  /// Mod-sequences are there.
  bool counts = true;
  /// What another program does when a session looks next.
  std::function<void()> elsewhere;
  /// Messages of another program that are still taken in: one each time that a
  /// session asks.
  mutable std::vector<std::string> arriving;
  bool is_behind() const override {
    if (arriving.empty()) return false;
    const_cast<FakeMailbox*>(this)->put(arriving.front(), 0);
    arriving.erase(arriving.begin());
    return true;
  }
  /// look() fails once they are.
  std::optional<Error> unseen;
  /// The text of a message that the disk does not keep.
  std::string unkept;
  /// The UID of a message whose file the disk does not give out.
  std::uint32_t unreadable = 0;
  /// Octets that files have, whatever they had.
  std::size_t truncated = std::string::npos;
  /// As the disk fails from now on, where flags or names are to change.
  std::optional<Error> broken;

  Result<void> look() override {
    if (auto happens = std::exchange(elsewhere, {})) happens();
    if (unseen && arriving.empty()) return *unseen;
    return {};
  }
  Result<std::unique_ptr<SeekableSource>> open(std::uint32_t uid) override {
    if (unreadable == uid) return Error{ErrorKind::local_io, "cannot read"};
    const auto found = texts_.find(uid);
    if (found == texts_.end()) return Error{ErrorKind::no_such_item, "gone"};
    return std::unique_ptr<SeekableSource>(
        new FakeOctets(found->second.substr(0, truncated)));
  }
  Result<bool> set_flags(std::uint32_t uid, Flags flags) override {
    if (broken) return *broken;
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const auto& one) {
      return one.uid == uid;
    });
    const bool same = at == all_.end() || at->flags == flags;
    if (!same) {
      ++changes_;
      at->flags = flags;
      at->modseq = counts ? ++modseq_ : 0;
    }
    return at != all_.end();
  }
  Result<void> remove(const std::vector<std::uint32_t>& uids) override {
    if (broken) return *broken;
    most_removed = std::max(most_removed, uids.size());
    if (!uids.empty()) ++changes_;
    if (!uids.empty()) ++modseq_;
    for (const auto uid : uids) {
      texts_.erase(uid);
      std::erase_if(all_, [&](const auto& one) { return one.uid == uid; });
    }
    return {};
  }
  std::unique_ptr<Pending> sync() override {
    return std::make_unique<FakePending<Pending>>(disk_);
  }
  Result<std::unique_ptr<Appending>> append(
      Flags flags, std::optional<std::int64_t> date) override {
    return std::unique_ptr<Appending>(
        new One(*this, flags, date.value_or(1'795'176'000)));
  }
  std::unique_ptr<Copying> copy(const std::vector<std::uint32_t>& uids,
                                Mailbox& to) override {
    most_copied = std::max(most_copied, uids.size());
    return std::make_unique<Several>(*this, static_cast<FakeMailbox&>(to),
                                     uids);
  }

  std::uint32_t put(std::string text, Flags flags = 0,
                    std::int64_t date = 1'795'176'000) {
    ++changes_;
    all_.push_back(
        {uidnext_, text.size(), date, flags, counts ? modseq_ : 0});
    texts_.emplace(uidnext_, std::move(text));
    return uidnext_++;
  }
  const std::string& text(std::uint32_t uid) { return texts_[uid]; }

 private:
  class One : public FakePending<Appending> {
   public:
    One(FakeMailbox& to, Flags flags, std::int64_t date)
        : FakePending(to.disk_), to_(to), flags_(flags), date_(date) {}
    Result<void> write(std::string_view octets) override {
      text_ += octets;
      return {};
    }
    void end() override {}
    std::optional<Result<void>> outcome() override {
      const bool kept = to_.unkept.empty() || text_ != to_.unkept;
      if (!kept) return Error{ErrorKind::local_io, "no room for it"};
      return FakePending::outcome();
    }
    std::uint32_t uid() const override { return uid_; }

   private:
    void keep() override { uid_ = to_.put(text_, flags_, date_); }
    FakeMailbox& to_;
    Flags flags_;
    std::int64_t date_;
    std::string text_;
    std::uint32_t uid_ = 0;
  };

  class Several : public FakePending<Copying> {
   public:
    Several(FakeMailbox& from, FakeMailbox& to, std::vector<std::uint32_t> uids)
        : FakePending(to.disk_), from_(from), to_(to), from_uids_(std::move(uids)) {}
    const std::vector<std::uint32_t>& uids() const override { return uids_; }

   private:
    void keep() override {
      for (const auto uid : from_uids_) {
        uids_.push_back(to_.put(from_.text(uid)));
      }
    }
    FakeMailbox& from_;
    FakeMailbox& to_;
    std::vector<std::uint32_t> from_uids_;
    std::vector<std::uint32_t> uids_;
  };

  FakeDisk& disk_;
  std::uint32_t uidvalidity_;
  static constexpr std::size_t kKeywords = 3;
  std::uint32_t uidnext_ = 1;
  std::uint64_t modseq_ = 10;
  std::uint64_t changes_ = 0;
  std::shared_ptr<int> watched_ = std::make_shared<int>();
  std::vector<MailboxMessage> all_;
  std::vector<std::string> keywords_;
  std::map<std::uint32_t, std::string> texts_;
};

/// The mailboxes of whoever logs in.
class FakeMailboxes : public Mailboxes {
 public:
  explicit FakeMailboxes(FakeDisk& disk) : disk_(disk) { add("INBOX"); }

  FakeMailbox& box(std::string_view name) { return *boxes_.find(name)->second; }
  void add(std::string_view name) {
    uses_.emplace(name, "");
    boxes_.emplace(name, std::make_shared<FakeMailbox>(
                             disk_, 7 + static_cast<std::uint32_t>(boxes_.size())));
  }

  std::vector<MailboxRow> rows() override {
    std::vector<MailboxRow> all;
    for (const auto& [name, box] : boxes_) {
      const bool subscribed = std::find(subscribed_.begin(), subscribed_.end(),
                                        name) != subscribed_.end();
      const auto use = uses_.find(name);
      all.push_back({name, use == uses_.end() ? "" : use->second, subscribed});
    }
    for (const auto& name : subscribed_) {
      if (!boxes_.contains(name)) all.push_back({name, "", true, false});
    }
    return all;
  }
  Result<std::shared_ptr<Mailbox>> open(std::string_view name) override {
    const auto found = boxes_.find(name);
    if (found == boxes_.end()) return missing();
    return std::shared_ptr<Mailbox>(found->second);
  }
  Result<void> create(std::string_view name, std::string_view use) override {
    if (boxes_.contains(name)) {
      return Error{ErrorKind::rejected, "[ALREADYEXISTS] is there"};
    }
    add(name);
    uses_.insert_or_assign(std::string(name), use);
    return {};
  }
  Result<void> remove(std::string_view name) override {
    if (name == "INBOX") return Error{ErrorKind::rejected, "INBOX stays"};
    const auto found = boxes_.find(name);
    if (found == boxes_.end()) return missing();
    found->second->set_removed();
    boxes_.erase(found);
    uses_.erase(uses_.find(name));
    return {};
  }
  /// As RENAME may.
  bool renumbers = false;
  Result<void> rename(std::string_view from, std::string_view to) override {
    const auto found = boxes_.find(from);
    if (found == boxes_.end()) return missing();
    auto box = found->second;
    if (renumbers) box->renumber();
    boxes_.erase(found);
    boxes_.emplace(to, std::move(box));
    uses_.emplace(to, uses_[std::string(from)]);
    return {};
  }
  Result<void> subscribe(std::string_view name, bool on) override {
    std::erase(subscribed_, name);
    if (on) subscribed_.emplace_back(name);
    return {};
  }

 private:
  static Error missing() {
    return {ErrorKind::no_such_item, "no such mailbox"};
  }
  FakeDisk& disk_;
  std::map<std::string, std::shared_ptr<FakeMailbox>, std::less<>> boxes_;
  std::map<std::string, std::string, std::less<>> uses_;
  std::vector<std::string> subscribed_;
};

class FakeStore : public MailStore {
 public:
  FakeDisk disk;
  std::shared_ptr<FakeMailboxes> mailboxes =
      std::make_shared<FakeMailboxes>(disk);
  FakeMailbox& inbox() { return mailboxes->box("INBOX"); }

  Result<std::shared_ptr<Mailboxes>> open(std::string_view) override {
    return std::shared_ptr<Mailboxes>(mailboxes);
  }
};

}  // namespace mailtool::serve
