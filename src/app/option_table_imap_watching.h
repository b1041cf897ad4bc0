/// \file
/// The options of `mailtool imap watch`.
#pragma once

#include "app/option_table.h"

namespace mailtool::app {

std::span<const Option> imap_watching_options();

}  // namespace mailtool::app
