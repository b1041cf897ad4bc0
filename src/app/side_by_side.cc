#include "app/side_by_side.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace mailtool::app {

void side_by_side(std::size_t count, unsigned jobs,
                  const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto take_part = [&] {
    for (auto i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  const auto wanted = std::min<std::size_t>(jobs, count);
  while (others.size() + 1 < wanted) {
    try {
      others.emplace_back(take_part);
    } catch (const std::system_error&) {
      break;
    }
  }
  take_part();
  for (auto& other : others) other.join();
}

}  // namespace mailtool::app
