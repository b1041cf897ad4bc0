/// \file
/// Messages that were found, and that FETCH did not tell of.
#pragma once

#include <optional>
#include <vector>

#include "app/imap_session.h"
#include "mailtool/imap/sequence_set.h"

namespace mailtool::app {

/// The UIDs that a FETCH named and that no answer did.
class UntoldMessages {
 public:
  void add(const imap::SequenceSet& asked, std::vector<imap::Range> told);

  /// Where some of them are there all the same, as one more search tells: an
  /// Error of kind no_such_item that says how many. Those that went meanwhile are
  /// none. Fails as a search does. \pre their folder is selected
  Result<std::optional<Error>> check(ImapSession& session) const;

 private:
  std::vector<imap::Range> uids_;
};

/// Is it NO [EXPUNGEISSUED] to a FETCH: all were told of but those that have gone
/// (RFC 5530 section 3)?
[[nodiscard]] bool is_about_gone(const Error& refusal);

}  // namespace mailtool::app
