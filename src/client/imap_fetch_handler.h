/// \file
/// FetchHandler: the answer to a FETCH, a message at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "client/uid_bitmap.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {

/// About so many octets tell of one message.
[[nodiscard]] std::uint64_t octets_of(const FetchItems& items);

/// Hands out each message once, when all that was asked for has come.
class FetchHandler : public ImapHandler {
 public:
  /// All outlive the handler.
  FetchHandler(const imap::SequenceSet& uids, const FetchItems& items,
               const ImapClient::OnMessage& on_message)
      : uids_(uids), items_(items), on_message_(on_message) {}

  Result<bool> on_data(imap::Response& data) override;

  /// Nothing more comes: hands out what is not complete, too. Returns the UIDs
  /// of all that was handed out.
  Result<imap::SequenceSet> finish();

  /// Octets of responses about messages that are not complete yet.
  [[nodiscard]] std::size_t held() const { return partial_octets_; }

 private:
  struct Named {
    std::uint32_t sequence;
    std::uint32_t uid;
  };

  [[nodiscard]] bool complete(const imap::FetchData& data) const;
  void renumber(const imap::Response& data);
  void take_unnamed();
  Result<bool> take(std::uint32_t uid, imap::FetchData&& fetch);
  Result<void> hand_on_partial(std::uint32_t uid);
  Result<void> keep(std::uint32_t uid, imap::FetchData&& data);

  const imap::SequenceSet& uids_;
  const FetchItems& items_;
  const ImapClient::OnMessage& on_message_;
  UidBitmap done_;
  std::unordered_map<std::uint32_t, imap::FetchData> partial_;
  std::size_t partial_octets_ = 0;
  std::deque<std::uint32_t> order_;  // of partial_, oldest first; some are gone
  std::optional<imap::FetchData> unnamed_;  // came without a UID so far
  std::optional<Named> last_;
};

}  // namespace mailtool::client
