/// \file
/// From the recipients that were named to those of the envelope.
#pragma once

#include <string>
#include <vector>

#include "app/option_values.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// Local names replaced by what --aliases says, --domain put behind names that
/// have none, each mailbox once (mailbox_key) as it was first spelled, in order.
/// Linear in the number of recipients. See domain_option and Aliases for the errors.
Result<std::vector<std::string>> expand_recipients(
    const OptionValues& options, std::vector<std::string> recipients);

}  // namespace mailtool::app
