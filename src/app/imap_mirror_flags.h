/// \file
/// IMAP flags as the state of a mirror and the names of a Maildir have them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailtool::app {

/// "FS $Junk Work": letters of system flags in ASCII order, then keywords, in
/// order, what is no legal flag left out. "" for none. Equal sets, equal texts.
[[nodiscard]] std::string mirror_flags(const std::vector<std::string>& flags);

/// The letters of a file's name for that: D F R S T, and P for $Forwarded; with
/// them those of `now`, the letters it has, that stand for no such flag.
[[nodiscard]] std::string maildir_letters(std::string_view flags,
                                          std::string_view now = {});

/// What mirror_flags() would have made of the flags that these letters say.
[[nodiscard]] std::string flags_of_letters(std::string_view letters);

}  // namespace mailtool::app
