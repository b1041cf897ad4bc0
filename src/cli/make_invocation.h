/// \file
/// make_invocations: what was typed, the environment, the config file and the
/// terminal made into what a use case runs on.
#pragma once

#include <vector>

#include "app/config.h"
#include "app/invocation.h"
#include "cli/parse_line.h"

namespace mailtool::cli {

/// One for each account; one where none applies. Fails as load_config,
/// choose_accounts and resolve_options.
Result<std::vector<app::Invocation>> make_invocations(
    ParsedLine line, const app::Environment& environment);

}  // namespace mailtool::cli
