/// \file
/// ServePruning: inboxes that do not grow for ever.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/served_tree.h"

namespace mailtool::app {

/// Removes the oldest messages of the inboxes: those beyond a number, in the
/// order of their UIDs, and those that came too long ago. Other folders are for
/// what users want to keep.
class ServePruning {
 public:
  struct Limits {
    std::optional<std::uint64_t> keep;  ///< messages of an inbox
    std::optional<std::chrono::seconds> max_age;
  };
  /// `clock` tells the seconds since 1970.
  ServePruning(const Limits& limits, std::function<std::int64_t()> clock)
      : limits_(limits), clock_(std::move(clock)) {}

  /// `next` gives the one that is there once `inbox` is_removed(), or nullptr.
  using Next = std::function<std::shared_ptr<ServedBox>()>;
  void add(std::shared_ptr<ServedBox> inbox, Next next) {
    inboxes_.push_back({std::move(inbox), std::move(next), 0});
  }
  /// What is removed is durable, and told to sessions, with the next sync. What
  /// cannot be removed is tried again a minute later.
  void run();

 private:
  struct Inbox {
    std::shared_ptr<ServedBox> box;
    Next next;
    std::int64_t not_before;  // when it is looked at again
  };
  [[nodiscard]] std::vector<std::uint32_t> too_many(const ServedBox& box,
                                                    std::int64_t now,
                                                    bool by_age) const;

  Limits limits_;
  std::function<std::int64_t()> clock_;
  std::int64_t aged_ = 0;  // when ages were last looked at
  std::vector<Inbox> inboxes_;
};

}  // namespace mailtool::app
