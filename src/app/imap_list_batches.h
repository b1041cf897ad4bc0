/// \file
/// BatchedRows: rows of imap list in an order of their own, or with previews that
/// are made here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/imap_find.h"
#include "app/imap_list_rows.h"
#include "app/imap_untold.h"
#include "mailtool/client/imap_fetch_items.h"

namespace mailtool::app {

/// What the server is asked for, and what it cannot tell.
struct ListItems {
  client::FetchItems fetch;
  bool local_preview = false;
};

/// Rows of one batch.
struct SomeRows {
  imap::SequenceSet uids;
  std::vector<std::uint32_t> order;            ///< may be empty
  std::span<const imap::ThreadPlace> threads;  ///< likewise

  static SomeRows of(std::vector<std::uint32_t> order);
};

/// Fetches them in flights of many batches.
class BatchedRows {
 public:
  /// All outlive it.
  BatchedRows(ImapSession& session, const FoundMessages& found,
              const ListItems& items, RowWriter& rows, UntoldMessages& untold)
      : session_(session),
        found_(found),
        items_(items),
        rows_(rows),
        untold_(untold) {}

  /// `next` has the rows of the next batch, none at the end, of `all` rows.
  /// Before a refusal is the Error, what came until then is written.
  using Next = std::function<SomeRows()>;
  Result<void> list(std::uint64_t all, const Next& next);
  /// How many previews were refused, with the first reason the server gave.
  [[nodiscard]] std::optional<Error> no_previews() const;

 private:
  [[nodiscard]] bool is_full() const;
  Result<void> take(std::vector<imap::FetchData>& messages);
  Result<void> write_with_previews();
  Result<void> write(const imap::FetchData& message,
                     std::optional<std::string> preview,
                     const imap::ThreadPlace* place);

  ImapSession& session_;
  const FoundMessages& found_;
  const ListItems& items_;
  RowWriter& rows_;
  UntoldMessages& untold_;
  std::deque<SomeRows> asked_;  // and not yet answered, oldest first
  // Rows that wait for their previews, and the octets that told of them.
  std::vector<imap::FetchData> held_;
  std::vector<const imap::ThreadPlace*> places_;
  std::size_t octets_ = 0;
  std::uint64_t refused_ = 0;  // previews
  std::optional<Error> refusal_;
};

}  // namespace mailtool::app
