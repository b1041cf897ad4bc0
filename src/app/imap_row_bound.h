/// \file
/// RowBound: rows held here are no more than the folder has messages.
#pragma once

#include <cstddef>

#include "mailtool/client/imap_client.h"

namespace mailtool::app {

/// Counts what a FETCH brings of the folder that is selected.
class RowBound {
 public:
  /// Messages that may come before EXISTS tells of them.
  static constexpr std::size_t kMostNewer = 10'000;

  /// `client` outlives it.
  explicit RowBound(const client::ImapClient& client) : client_(client) {}

  /// One more. Fails with protocol beyond EXISTS and kMostNewer.
  Result<void> count_one() {
    const auto& folder = client_.selected();
    const std::size_t exists = folder ? folder->exists : 0;
    if (++rows_ <= exists + kMostNewer) return {};
    return Error{ErrorKind::protocol, "more messages than there are",
                 "UID FETCH"};
  }

 private:
  const client::ImapClient& client_;
  std::size_t rows_ = 0;
};

}  // namespace mailtool::app
