/// \file
/// A maildrop whose messages have got new unique-ids: stopped at, or --rebase.
#pragma once

#include <vector>

#include "app/fetch_options.h"
#include "app/fetch_plan.h"
#include "app/fetch_report.h"
#include "mailtool/client/pop3_client.h"
#include "mailtool/store/journal.h"

namespace mailtool::app {

/// What is looked at; all outlive it.
struct RebaseWork {
  const FetchOptions& options;
  const pop3::Maildrop& maildrop;
  std::vector<PlannedMessage>& plan;
  const std::vector<std::unique_ptr<store::Journal>>& journals;
  client::Pop3Client& client;
  FetchReport& report;
};

/// To be called before anything is fetched, with a plan that says what the
/// journals have had.
///
/// Without --rebase: fails with deferred where the server seems to have given
/// all messages new unique-ids; --all goes on, --list only says so.
///
/// With --rebase: known messages that are not listed are looked for among the
/// new ones, by header and size. Those found are known under their new
/// unique-ids, with the old first sight; what was only adopted, or whose size
/// differs, or that only its size speaks for, is never deleted by us. Durable
/// at the end; cut off anywhere, to be repeated. Where options.only_looks(),
/// the plan alone learns of it.
///
/// True when journals have changed: the plan is to be made anew. Fails as
/// header_digests(), or with local_io.
Result<bool> settle_unique_ids(const RebaseWork& work);

}  // namespace mailtool::app
