/// \file
/// What SELECT and SEARCH bring, while other commands follow them in a flight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "mailtool/client/imap_client.h"

namespace mailtool::client {

/// Takes what a SELECT says of its mailbox.
class SelectHandler : public ImapHandler {
 public:
  SelectHandler(const imap::MailboxName& name, bool read_only, bool keep_flags);
  Result<bool> on_data(imap::Response& data) override;
  void on_status(const imap::StatusResponse& status) override;

  SelectedMailbox mailbox;

 private:
  bool keep_flags_;
};

/// Takes the answer to one UID SEARCH, UID SORT or UID THREAD.
class SearchHandler : public ImapHandler {
 public:
  /// `budget` is what all answers of a flight may bring together, in ranges;
  /// `exists` is that of the mailbox by then. Both outlive the handler.
  SearchHandler(const SearchQuestion& question, std::size_t& budget,
                const std::uint32_t& exists);
  /// Fails with protocol on what cannot be read, or has no end.
  Result<bool> on_data(imap::Response& data) override;

  /// `next` is in flight, too: of a THREAD, what answers a SEARCH is for it.
  void followed_by(SearchHandler& next) { next_ = &next; }
  /// "* SEARCH", or "* ESEARCH" that names the command, has come.
  [[nodiscard]] bool answered() const { return lines_ > 0; }
  /// Of SORT and THREAD two answers do not make one.
  [[nodiscard]] bool divisible() const { return !sorted_ && !threaded_; }
  /// What was found; nothing is left.
  SearchOutcome take();

 private:
  Result<bool> on_threads(const imap::ThreadData& threads);
  void each_once();

  bool sorted_;
  bool threaded_;
  std::size_t& budget_;
  const std::uint32_t& exists_;
  SearchHandler* next_ = nullptr;
  std::vector<imap::Range> ranges_;
  std::vector<std::uint32_t> order_;
  std::vector<imap::ThreadPlace> places_;
  std::unordered_set<std::uint32_t> placed_;
  std::optional<std::uint64_t> count_;
  std::size_t lines_ = 0;
  bool extended_ = false;
};

}  // namespace mailtool::client
