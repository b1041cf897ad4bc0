/// \file
/// What the dialects of sendmail and mail share while a line is read.
#pragma once

#include <span>
#include <string>

#include "cli/flag_words.h"
#include "cli/personality.h"

namespace mailtool::cli {

/// `line` becomes one of `send` with the options of `long_words`, values behind
/// "=". Of those of mailtool-send(1) it takes the ones that run no program,
/// write no file and name no server: whoever smuggles a word into a line that
/// another program makes shall gain nothing. `composing`: those of composing
/// too. Fails with usage.
Result<void> begin_line(std::span<const std::string> long_words, bool composing,
                        ParsedLine& line);

/// Obeys a flag whose row says all: it sets its option, or is noted as
/// ignored. False for all others.
bool take_plain_flag(const FlagWords::Given& given, PersonalityLine& line);

/// The values that flags have set, held to the option table. Fails with usage.
Result<void> check_line(const ParsedLine& line);

}  // namespace mailtool::cli
