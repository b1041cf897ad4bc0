/// \file
/// ServeTrialOptions: what a server does wrong on purpose, and what it keeps.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/option_values.h"
#include "mailtool/serve/fault_rules.h"

namespace mailtool::app {

struct ServeTrialOptions {
  std::vector<serve::FaultRule> rules;
  std::chrono::milliseconds delay{0};  ///< before each answer
  std::uint64_t rate = 0;  ///< octets a second each way; 0: no limit
  bool catch_all = false;
  std::optional<std::uint64_t> keep;  ///< messages of an inbox, from 1
  std::optional<std::chrono::seconds> max_age;
  std::string dialogues;  ///< a folder; empty: none

  /// Fails with usage.
  static Result<ServeTrialOptions> read(const OptionValues& options);
};

}  // namespace mailtool::app
