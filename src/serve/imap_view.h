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
  };
  [[nodiscard]] Mailbox& mailbox() const { return *mailbox_; }
  [[nodiscard]] const std::shared_ptr<Mailbox>& shared() const {
    return mailbox_;
  }
  [[nodiscard]] bool read_only() const { return read_only_; }
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

  /// Tells of what has changed: EXPUNGE (unless numbers must stay, RFC 9051
  /// section 7.5.1), EXISTS, FETCH with flags.
  void tell(std::string& out, bool may_expunge);
  /// What a SEARCH found that was to be remembered: UIDs, ascending; "$" is
  /// those of them that the client knows (RFC 5182).
  void save(std::vector<std::uint32_t> uids) { saved_ = std::move(uids); }
  [[nodiscard]] bool is_saved(std::uint32_t uid) const;
  [[nodiscard]] std::vector<std::uint32_t> saved() const;

  /// The client is being told of these flags anyway.
  void knows(std::uint32_t uid, Flags flags);

 private:
  std::shared_ptr<Mailbox> mailbox_;
  bool read_only_;
  std::vector<Seen> seen_;
  std::vector<std::uint32_t> saved_;
};

}  // namespace mailtool::serve
