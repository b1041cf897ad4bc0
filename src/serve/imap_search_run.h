/// \file
/// SearchRun: which messages meet a search, some at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "serve/imap_message.h"
#include "serve/imap_search.h"
#include "serve/imap_view.h"
#include "serve/known_headers.h"
#include "serve/search_scan.h"

namespace mailtool::serve {

/// Opens a message only where what is known of it does not decide: first its
/// header is read, then as much of its body as is needed, once for all texts.
class SearchRun {
 public:
  /// `headers` are of the mailbox that is searched.
  SearchRun(SearchRequest request, std::shared_ptr<KnownHeaders> headers)
      : request_(std::move(request)),
        headers_(std::move(headers)),
        scan_(request_.texts) {}
  SearchRun(const SearchRun&) = delete;
  SearchRun& operator=(const SearchRun&) = delete;

  /// Looks at some more of the messages of `view`, which stays as it is
  /// meanwhile; how many depends on what they cost. True: at all of them.
  bool more(const ImapView& view);

  [[nodiscard]] const SearchRequest& request() const { return request_; }
  /// Places in ImapView::seen(), ascending.
  [[nodiscard]] const std::vector<std::size_t>& found() const { return found_; }
  /// Messages that could not be read, and are not found for that.
  [[nodiscard]] std::size_t unreadable() const { return unreadable_; }

 private:
  enum class Answer : std::uint8_t { no, yes, unknown };
  [[nodiscard]] Answer meets(const SearchNode& node, const ImapView& view) const;
  [[nodiscard]] Answer all_of(const SearchNode& node, const ImapView& view) const;
  [[nodiscard]] Answer any_of(const SearchNode& node, const ImapView& view) const;
  [[nodiscard]] bool is_in(const SearchNode& node, const ImapView& view) const;
  [[nodiscard]] Answer has_field(const SearchNode& node) const;
  Answer read_on(const ImapView& view);
  Answer cannot_read(const Error& error);

  SearchRequest request_;
  std::shared_ptr<KnownHeaders> headers_;
  std::vector<std::size_t> found_;
  std::size_t next_ = 0;  // place in seen()
  std::size_t unreadable_ = 0;
  std::int64_t work_ = 0;  // that may still be done at once, in octets read
  // The message that is looked at, and what is known of it.
  const MailboxMessage* message_ = nullptr;
  std::unique_ptr<ImapMessage> content_;
  const mime::Structure* header_ = nullptr;
  bool asked_ = false;  // whether its header is known already
  std::optional<KnownHeader> own_;  // read for this
  const KnownHeader* known_ = nullptr;
  bool scanning_ = false;
  bool scanned_ = false;  // to its end
  std::uint64_t offset_ = 0;
  SearchScan scan_;
};

}  // namespace mailtool::serve
