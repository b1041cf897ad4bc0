#include "app/side_by_side.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace mailtool::app {
namespace {

TEST(SideBySide, EachOnce) {
  for (const std::size_t count : {0u, 1u, 2u, 7u, 500u}) {
    for (const unsigned jobs : {1u, 2u, 64u}) {
      std::vector<std::atomic<int>> done(count);
      std::atomic<unsigned> now{0};
      std::atomic<unsigned> most{0};
      side_by_side(count, jobs, [&](std::size_t i) {
        const auto at_work = ++now;
        for (auto seen = most.load(); at_work > seen;)
          if (most.compare_exchange_weak(seen, at_work)) break;
        ++done[i];
        --now;
      });
      for (const auto& one : done) EXPECT_EQ(one, 1);
      EXPECT_LE(most, jobs);
    }
  }
}

}  // namespace
}  // namespace mailtool::app
