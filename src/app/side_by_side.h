/// \file
/// Work in several threads at a time.
#pragma once

#include <cstddef>
#include <functional>

namespace mailtool::app {

/// Calls work(0) to work(count - 1), each once, at most `jobs` at a time, and
/// returns when all are done. The calling thread takes part; where the system
/// has no threads to give it does all alone. `work` throws nothing.
void side_by_side(std::size_t count, unsigned jobs,
                  const std::function<void(std::size_t)>& work);

}  // namespace mailtool::app
