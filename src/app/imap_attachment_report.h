/// \file
/// AttachmentReport: what imap attachments prints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/imap_what.h"
#include "app/invocation.h"
#include "app/output.h"
#include "app/part_row.h"

namespace mailtool::app {

/// Tells of attachments, and counts them.
class AttachmentReport {
 public:
  /// Both outlive it.
  AttachmentReport(const Invocation& invocation, Output& out)
      : invocation_(invocation), out_(out) {}

  /// `octets`: its size, where that is known; `path`: the file, or "" where it
  /// is not saved. Fails as `out` does.
  Result<void> tell(const FoundMessages& in, std::uint32_t uid,
                    const PartRow& row, std::optional<std::uint64_t> octets,
                    const std::string& path);
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  Result<void> tell_line(std::uint32_t uid, const PartRow& row,
                         std::optional<std::uint64_t> octets,
                         const std::string& path);

  const Invocation& invocation_;
  Output& out_;
  std::uint64_t count_ = 0;
};

}  // namespace mailtool::app
