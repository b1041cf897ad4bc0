/// \file
/// Messages that become known without being fetched: --adopt, and what another
/// tool has had (--import-state).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/fetch_options.h"
#include "app/fetch_plan.h"
#include "app/fetch_report.h"
#include "mailtool/store/journal.h"

namespace mailtool::app {

using Journals = std::vector<std::unique_ptr<store::Journal>>;

/// Makes every message that a journal lacks, as `plan` says, known to it, and
/// that durable. What was adopted is never deleted by us. Messages without a
/// unique-id cannot be known: they are told, and where there are no others it
/// fails with unsupported. Fails also with local_io; to be repeated then.
Result<void> adopt_messages(const pop3::Maildrop& maildrop,
                            const std::vector<PlannedMessage>& plan,
                            Journals& journals, FetchReport& report);

/// What adopt_messages() would do, into the plan.
void foretell_adoption(const pop3::Maildrop& maildrop,
                       std::vector<PlannedMessage>& plan);

/// Makes what options.imports know of `identity`, or of
/// options.import_account, known to every journal, as adopted with the time at
/// which it was first seen; durable at the end. No size is known of it: the
/// next listing tells. Nothing changes where options.only_looks(). Repeating
/// it adds nothing. Fails as read_import(), before anything is written, or
/// with local_io.
Result<void> import_states(const FetchOptions& options,
                           const std::string& identity, Journals& journals,
                           FetchReport& report);

/// Some tools write "-" for "/" in a unique-id. Where a listed one with "/" is
/// not known, and was imported in the other form, which is not listed, the
/// journal learns it as it is. To be called before there is a plan. Fails with
/// local_io.
Result<void> mend_imported(const pop3::Maildrop& maildrop, Journals& journals);
/// The same into the plan alone, where journals are only read.
void foretell_mended(const pop3::Maildrop& maildrop, const Journals& journals,
                     std::vector<PlannedMessage>& plan);

}  // namespace mailtool::app
