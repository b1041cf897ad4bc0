/// \file
/// What the options of parse may say, and what they ask to be checked.
#pragma once

#include "app/invocation.h"
#include "app/message_dump.h"

namespace mailtool::app {

/// --max-depth, --max-parts, --max-header. Fails with usage where a value is
/// beyond what is ever read.
Result<mime::ParserLimits> limits_of(const OptionValues& options);

/// Fails with usage where --header or --part name what no message has.
Result<void> check_selection(const OptionValues& options);

/// Adds what --views and --verify ask for to `dump`, whose form is set. Fails with usage where the form cannot
/// hold what the checks find.
Result<void> add_check_options(const Invocation& invocation, DumpOptions& dump);

}  // namespace mailtool::app
