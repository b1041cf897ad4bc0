/// \file
/// FetchOrder: which message is asked for next, and which one is under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "app/fetch_options.h"
#include "app/fetch_plan.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::app {

/// The messages that a plan fetches, in the order of their numbers; those that
/// failed in earlier runs come last, so that what breaks the session again
/// breaks it for no other; then those that the time of a run was not enough for,
/// the smallest first. `maildrop` outlives it.
class FetchOrder {
 public:
  FetchOrder(const FetchOptions& options, const pop3::Maildrop& maildrop,
             const std::vector<PlannedMessage>& plan);

  /// The next to ask for; none once a signal has come.
  std::optional<client::MessageRequest> next();
  /// The server has answered the one under way, with all of it or a refusal.
  void answered() { ++answered_; }

  /// Nobody wants the one that next() gave last: it is not asked for.
  void passed_over() { --asked_; }

  /// Whose answer is awaited, or has come in part.
  [[nodiscard]] std::optional<std::uint32_t> under_way() const;
  /// Asked for after it, if any was.
  [[nodiscard]] std::optional<std::uint32_t> after_that_under_way() const;
  /// True when there are messages but for the one under way.
  [[nodiscard]] bool others_left() const;

 private:
  const pop3::Maildrop& maildrop_;
  bool headers_only_;
  std::vector<std::uint32_t> numbers_;  // at the front those asked for
  std::size_t looked_ = 0;
  std::size_t asked_ = 0;
  std::size_t answered_ = 0;
};

}  // namespace mailtool::app
