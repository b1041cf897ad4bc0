/// \file
/// Terms of a query met by what FETCH brings of a message.
#pragma once

#include <optional>
#include <span>

#include "app/imap_query.h"
#include "app/imap_query_plan.h"

namespace mailtool::app {

/// Can it be told from flags, size, date, structure or UID of a message? Where
/// the server knows no UTF-8: from its header, too.
[[nodiscard]] bool can_be_met_here(const QueryTerm& term, bool server_utf8);

/// What `term` needs to be told.
void add_items(const QueryTerm& term, client::FetchItems& items);

/// nullopt where the server did not send what is needed; then neither the term
/// nor its opposite is met.
[[nodiscard]] std::optional<bool> meets(const imap::FetchData& message,
                                        const QueryTerm& term);

/// `parts` are what the server found for QueryPlan::parts. \pre the message has
/// a UID
[[nodiscard]] std::optional<bool> meets(
    const imap::FetchData& message, const LocalCheck& check,
    std::span<const imap::SequenceSet> parts);

}  // namespace mailtool::app
