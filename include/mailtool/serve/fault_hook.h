/// \file
/// FaultHook: what a session asks before it obeys a command.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::serve {

class FaultHook {
 public:
  virtual ~FaultHook() = default;
  /// What is said instead of obeying `command` (lower case), without tag and
  /// line end: then the session says that and goes on, or hangs up where it is
  /// empty. nullopt: the command is obeyed.
  [[nodiscard]] virtual std::optional<std::string> instead(
      std::string_view command, const std::vector<std::string>& subjects) = 0;
};

}  // namespace mailtool::serve
