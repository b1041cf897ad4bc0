/// \file
/// The text of a message as mail(1) takes it from stdin.
#pragma once

#include <cstdint>

#include "app/config.h"
#include "app/invocation.h"
#include "cli/personality.h"
#include "mailtool/base/result.h"

namespace mailtool::cli {

enum class MailText : std::uint8_t { ready, nothing_to_send };

/// Leaves on stdin what `send` shall read there. On a terminal that is what was
/// typed up to Ctrl-D or a line with a dot alone, the subject first where it was
/// not given; with -E it is known whether
/// there is any text (nothing_to_send when not); in a locale that is not UTF-8,
/// text that is not UTF-8 is converted from the charset of the locale. The
/// values of options are converted the same way. Memory: 64 KiB, the text is in
/// a file without a name. Fails with local_io, cannot_create or interrupted.
Result<MailText> take_mail_text(const PersonalityLine& line,
                                const app::Environment& environment,
                                app::Invocation& invocation);

}  // namespace mailtool::cli
