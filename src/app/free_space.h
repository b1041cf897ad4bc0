/// \file
/// Free space, looked at before anything is fetched.
#pragma once

#include "app/fetch_options.h"
#include "app/fetch_plan.h"
#include "app/fetch_report.h"

namespace mailtool::app {

/// Takes from `plan` what does not fit, by the sizes that LIST gives, on the
/// file systems of the destinations and of the state folder, in the order of
/// the numbers: a smaller message behind one that does not fit may fit. Says in
/// one line how many those are, and counts io_err. Where the room is not to be
/// learnt, everything fits.
void fit_into_free_space(const FetchOptions& options,
                         const pop3::Maildrop& maildrop,
                         std::vector<PlannedMessage>& plan,
                         FetchReport& report);

}  // namespace mailtool::app
