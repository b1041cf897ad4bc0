/// \file
/// What a program is started with: its words and its environment, as exec takes
/// them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::app {

/// With the null pointer at the end. They point into `words`, which outlives
/// them.
[[nodiscard]] std::vector<char*> pointers(const std::vector<std::string>& words);

/// The lines NAME=VALUE of our own environment but for those of which
/// `left_out` is true.
[[nodiscard]] std::vector<std::string> environment_but(
    const std::function<bool(std::string_view line)>& left_out);

}  // namespace mailtool::app
