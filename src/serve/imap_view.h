/// \file
/// ImapView: a mailbox as one client knows it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mailtool/imap/sequence_set.h"
#include "mailtool/serve/mailbox.h"

namespace mailtool::serve {

/// Message numbers are what the client was last told; the mailbox itself may
/// have changed since, by others.
class ImapView {
 public:
  ImapView(std::shared_ptr<Mailbox> mailbox, bool read_only);

  struct Seen {
    std::uint32_t uid;
    Flags flags;
    std::uint64_t modseq;  ///< 0: none was counted then
  };
  [[nodiscard]] Mailbox& mailbox() const { return *mailbox_; }
  [[nodiscard]] const std::shared_ptr<Mailbox>& shared() const {
    return mailbox_;
  }
  [[nodiscard]] bool read_only() const { return read_only_; }
  /// Not what was selected: its UIDs are of another UIDVALIDITY, which a client
  /// learns when it selects it (RFC 9051 section 2.3.1.1).
  [[nodiscard]] bool is_renumbered() const {
    return mailbox_->uidvalidity() != uidvalidity_;
  }
  /// By number, from 1 at [0].
  [[nodiscard]] const std::vector<Seen>& seen() const { return seen_; }
  /// 0: the client knows none.
  [[nodiscard]] std::uint32_t number_of(std::uint32_t uid) const;
  /// What is there now; nullptr: gone.
  [[nodiscard]] const MailboxMessage* message(std::uint32_t uid) const;

  /// What the client knows of and is \Deleted now: UIDs, ascending.
  [[nodiscard]] std::vector<std::uint32_t> deleted() const;

  /// The UIDs of a set of numbers, or of UIDs; "*" is the last one. Those that
  /// are not there are left out; nullopt where a number is of no message.
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> resolve(
      const imap::SequenceSet& set, bool by_uid) const;

  /// The flags there are, and those that a client may set.
  void put_flags_response(std::string& out) const;
  /// The same where there is a keyword that the client does not know.
  void tell_keywords(std::string& out);
  /// Tells of what has changed: FLAGS where there is a new keyword, EXPUNGE
  /// (unless numbers must stay, RFC 9051 section 7.5.1), EXISTS, FETCH with flags.
  /// These also where they are what they were, but have been others since: an
  /// answer may have been by those, and a mod-sequence is another (RFC 7162).
  void tell(std::string& out, bool may_expunge);
  /// What a SEARCH found that was to be remembered: UIDs, ascending; "$" is
  /// those of them that the client knows (RFC 5182).
  void save(std::vector<std::uint32_t> uids) { saved_ = std::move(uids); }
  [[nodiscard]] bool is_saved(std::uint32_t uid) const;
  [[nodiscard]] std::vector<std::uint32_t> saved() const;

  /// From now on FETCH says MODSEQ, too. False where it did before.
  bool tell_modseqs();
  /// The client is being told of its flags anyway.
  void knows(const MailboxMessage& message);
  /// It has changed `message` by itself, which had `before`, and is not told of
  /// that: of what others have changed it still is.
  void changed_silently(const MailboxMessage& message, std::uint64_t before,
                        Flags flags);
  /// That it was last told of; 0 where it does not know the message.
  [[nodiscard]] Flags known_flags(std::uint32_t uid) const;

 private:
  std::shared_ptr<Mailbox> mailbox_;
  bool read_only_;
  std::uint32_t uidvalidity_;  // that the client was told
  std::vector<Seen> seen_;
  std::vector<std::uint32_t> saved_;
  bool modseqs_ = false;
  std::vector<std::string> keywords_;  // that the client knows
  Flags renamed_ = 0;  // and that have become others since tell()
  // Mailbox::changes() when all was told.
  std::optional<std::uint64_t> told_;
};

}  // namespace mailtool::serve
