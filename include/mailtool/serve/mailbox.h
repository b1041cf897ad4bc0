/// \file
/// Mailbox: what an IMAP session sees of a folder; Mailboxes: of a user's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/seekable_source.h"
#include "mailtool/imap/sequence_set.h"
#include "mailtool/serve/smtp_backend.h"

namespace mailtool::serve {

/// Flags as bits: the first are these, then the keywords of the mailbox.
inline constexpr std::array<std::string_view, 5> kSystemFlags{
    "\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"};
using Flags = std::uint64_t;
inline constexpr Flags kDeleted = 1U << 2U;
inline constexpr Flags kSeen = 1U << 3U;

struct MailboxMessage {
  std::uint32_t uid = 0;
  std::uint64_t octets = 0;  ///< with CRLF line ends
  std::int64_t date = 0;     ///< of arrival: seconds since 1970
  Flags flags = 0;           ///< such as mean something
  /// Of its arrival, or of the last change of its flags (RFC 7162); 0 where
  /// highest_modseq() is.
  std::uint64_t modseq = 0;
};

/// Something that is to be durable before it is acknowledged.
class Pending {
 public:
  virtual ~Pending() = default;
  /// nullopt while that is not known.
  [[nodiscard]] virtual std::optional<Result<void>> outcome() = 0;
};

/// A message being appended; then its UID is known.
class Appending : public Incoming {
 public:
  /// \pre outcome() has succeeded
  [[nodiscard]] virtual std::uint32_t uid() const = 0;
};

/// Messages being copied.
class Copying : public Pending {
 public:
  /// Of the copies, in the order of the originals. \pre outcome() has succeeded
  [[nodiscard]] virtual const std::vector<std::uint32_t>& uids() const = 0;
};

/// The one state of a mailbox, which all sessions that have it selected share:
/// each compares it with what it has told its client.
class Mailbox {
 public:
  virtual ~Mailbox() = default;
  [[nodiscard]] virtual std::uint32_t uidvalidity() const = 0;
  [[nodiscard]] virtual std::uint32_t uidnext() const = 0;
  /// By UID; valid until the next call that changes it.
  [[nodiscard]] virtual const std::vector<MailboxMessage>& messages() const = 0;
  /// What the bits behind kSystemFlags mean; "" of one that means nothing.
  [[nodiscard]] virtual const std::vector<std::string>& keywords() const = 0;
  /// The bits of keywords, which are flags of RFC 9051; of those that are not there
  /// all are made or none: messages() may change. Where all bits have a meaning, one
  /// that no message has may mean another from then on, unless it is held. Fails
  /// with rejected where there is no room for all of them ("[LIMIT] …"), or where
  /// none can be made for now ("[INUSE] …"), and as the disk does.
  virtual Result<Flags> make_keywords(const std::vector<std::string>& names) = 0;
  /// Of one.
  Result<Flags> keyword(std::string_view name) {
    return make_keywords({std::string(name)});
  }
  /// There is room for another.
  [[nodiscard]] virtual bool takes_keywords() const = 0;
  /// As long as what is returned is held, what keywords there are among `bits`
  /// mean what they do now.
  [[nodiscard]] std::shared_ptr<const Flags> hold(Flags bits) {
    std::erase_if(held_, [](const auto& one) { return one.expired(); });
    auto held = std::make_shared<const Flags>(bits);
    held_.push_back(held);
    return held;
  }

  /// Not below that of any message; never falls. What is asked for it first makes
  /// that messages() have theirs. 0 while they cannot be counted, as on a full
  /// disk.
  virtual std::uint64_t highest_modseq() = 0;
  /// Another number whenever messages() or keywords() are not what they were.
  [[nodiscard]] virtual std::uint64_t changes() const = 0;

  /// As long as it is held, what other programs do is taken in by itself, within
  /// about a second.
  [[nodiscard]] virtual std::shared_ptr<void> watch() = 0;
  /// Takes in what other programs have done, where there may be any of it and
  /// that is cheap: some of it at a time. Fails as the disk does.
  virtual Result<void> look() = 0;
  /// There is more than look() has taken in. That comes by itself, between what
  /// sessions do; where it fails look() does.
  [[nodiscard]] virtual bool is_behind() const { return false; }
  /// The octets of a message, which can be read whatever becomes of it. Fails
  /// with no_such_item where another program has removed it, or as the disk does.
  /// Where it has another size than was known, messages() has that from then on.
  virtual Result<std::unique_ptr<SeekableSource>> open(std::uint32_t uid) = 0;
  /// False where there is no such message (any more). Durable with sync(). Where
  /// another program has given it other flags meanwhile only what differs from
  /// messages() is changed. Fails as the disk does.
  virtual Result<bool> set_flags(std::uint32_t uid, Flags flags) = 0;
  /// Those of `uids`, which ascend, that are there. Durable with sync(). Fails
  /// as the disk does; then some are still there.
  virtual Result<void> remove(const std::vector<std::uint32_t>& uids) = 0;
  virtual std::unique_ptr<Pending> sync() = 0;

  virtual Result<std::unique_ptr<Appending>> append(
      Flags flags, std::optional<std::int64_t> date) = 0;
  /// Of those of `uids` that are there, all or none.
  virtual std::unique_ptr<Copying> copy(const std::vector<std::uint32_t>& uids,
                                        Mailbox& to) = 0;

  /// It was deleted under the sessions that have it selected: they see what was
  /// in it until they leave it (RFC 2180 section 3.2).
  [[nodiscard]] bool is_removed() const { return removed_; }
  void set_removed() { removed_ = true; }
  /// A session is moving some of its messages away: until it has, they must not
  /// be moved by anybody else.
  [[nodiscard]] bool is_being_moved() const { return !moving_.empty(); }
  /// A session is copying messages into it: until it has, there are some that may
  /// be taken back, and of which nobody has been told.
  [[nodiscard]] bool is_being_filled() const { return copies_ > 0; }
  /// A RENAME is taking its messages away: no MOVE may.
  [[nodiscard]] bool is_being_emptied() const { return emptied_; }
  void set_being_emptied(bool on) { emptied_ = on; }

 protected:
  /// All of hold().
  [[nodiscard]] Flags held() const {
    Flags bits = 0;
    for (const auto& one : held_) {
      if (const auto held = one.lock()) bits |= *held;
    }
    return bits;
  }

 private:
  friend class MoveClaim;
  friend class CopyRun;
  std::vector<std::weak_ptr<const Flags>> held_;
  bool removed_ = false;
  bool emptied_ = false;
  std::set<std::uint32_t> moving_;
  std::size_t copies_ = 0;  // under way
};

struct MailboxRow {
  std::string name;  ///< UTF-8, "/" between levels
  std::string use;   ///< "\Trash" (RFC 6154), or several; empty: none
  bool subscribed = false;
  bool exists = true;  ///< false: nothing but subscribed to
};

/// Of one user. Names are UTF-8; INBOX is always there. An Error's `what` may
/// begin with a response code of RFC 5530: "[ALREADYEXISTS] …".
class Mailboxes {
 public:
  virtual ~Mailboxes() = default;
  [[nodiscard]] virtual std::vector<MailboxRow> rows() = 0;
  /// Fails with no_such_item.
  virtual Result<std::shared_ptr<Mailbox>> open(std::string_view name) = 0;
  /// These are durable when they return. They fail with no_such_item, rejected
  /// (there already, or not allowed) or as the disk does.
  /// `use`: as in MailboxRow.
  virtual Result<void> create(std::string_view name, std::string_view use) = 0;
  /// What is below it stays.
  virtual Result<void> remove(std::string_view name) = 0;
  /// What is below it goes with it; of INBOX, the messages do, and nothing else:
  /// of many the rest goes by itself, as renaming() tells.
  virtual Result<void> rename(std::string_view from, std::string_view to) = 0;
  /// The rename that is under way, and what becomes of it: names are to change no
  /// more before that is known. nullptr: there is none.
  [[nodiscard]] virtual std::unique_ptr<Pending> renaming() { return nullptr; }
  /// Of a mailbox, or a level above some; to be off, of any name.
  virtual Result<void> subscribe(std::string_view name, bool on) = 0;
};

class KnownHeadersOfAll;

/// Of all users.
class MailStore {
 public:
  virtual ~MailStore() = default;
  virtual Result<std::shared_ptr<Mailboxes>> open(std::string_view user) = 0;

 private:
  friend class KnownHeadersOfAll;
  std::shared_ptr<KnownHeadersOfAll> known_headers_;  // for all sessions
};

}  // namespace mailtool::serve
