/// \file
/// ExportReport: what an export says of each folder, and at its end.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "app/exit_status.h"
#include "app/imap_export_folder.h"
#include "app/invocation.h"
#include "app/output.h"

namespace mailtool::app {

class ExportReport {
 public:
  /// Both outlive the report.
  ExportReport(const Invocation& invocation, Output& out)
      : invocation_(invocation), out_(out) {}

  /// Of one folder, whether it failed (`error`, one line) or not.
  Result<void> folder(const std::string& name, const std::string& path,
                      const ExportCounts& counts, const std::string& error);
  /// The last line.
  Result<void> finish(ExitStatus status);

 private:
  [[nodiscard]] std::string total_text() const;

  const Invocation& invocation_;
  Output& out_;
  ExportCounts total_;
  std::uint64_t folders_ = 0;
  std::chrono::steady_clock::time_point begin_ =
      std::chrono::steady_clock::now();
};

}  // namespace mailtool::app
