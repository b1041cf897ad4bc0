/// \file
/// RenameNote: what a RENAME of several steps has still to do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// Stands in a file from before the first step until after the last, so that
/// what a crash has cut short is brought to its end.
struct RenameNote {
  std::string from;
  std::string to;
  /// Of INBOX: messages whose UIDs are below it go.
  std::uint32_t uid_below = 0;

  /// nullopt: there is none. Fails with config where the file is not what was
  /// written.
  static Result<std::optional<RenameNote>> read(const std::string& path);
  /// These are durable when they return; they fail as the disk does.
  [[nodiscard]] Result<void> write(const std::string& path) const;
  static Result<void> remove(const std::string& path);
};

}  // namespace mailtool::app
