// How often the program asked for memory. Counted where allocation_count.cc is
// linked, which replaces operator new.
#pragma once

#include <cstddef>

namespace mailtool::test {

[[nodiscard]] std::size_t allocations() noexcept;

}  // namespace mailtool::test
