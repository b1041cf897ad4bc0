/// \file
/// FetchBlame: failures that may be a message's fault, or that of a program, a
/// disk or a line which fails whatever the message is.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/exit_status.h"
#include "app/fetch_report.h"
#include "mailtool/store/journal.h"

namespace mailtool::app {

/// Failed runs after which a message is set aside, and for how many days.
inline constexpr unsigned kFailuresToSetAside = 3;
inline constexpr unsigned kDaysAside = 7;

/// "; set aside for 7 days, --retry tries it at once"
[[nodiscard]] std::string set_aside_words();

/// Of one run, all its sessions. What failed at a destination, or with the
/// line, counts against a message only when another one got through there.
class FetchBlame {
 public:
  struct Suspect {
    FetchSubject subject;
    std::string reason;
    ExitStatus status = ExitStatus::temp_fail;
    /// Bit i: it counts in the journal of destination i.
    std::uint8_t destinations = 0;
    bool line = false;  ///< it was lost with the connection
    /// What ends the session tells the reason.
    bool told_otherwise = false;
  };
  using Journals = std::vector<std::unique_ptr<store::Journal>>;

  /// `retry`: failures of what was set aside before are told as others are.
  explicit FetchBlame(bool retry) : retry_(retry) {}

  /// A message came over the line, whole.
  void came() { line_holds_ = true; }
  /// A message is safe in destination `i`.
  void delivered(std::size_t i) {
    has_delivered_ |= static_cast<std::uint8_t>(1u << i);
  }

  /// Tells the failure now, or, where it may set the message aside, in
  /// settle(). Fails as the report does.
  Result<void> suspect(Suspect suspect, const Journals& journals,
                       FetchReport& report);
  /// At the end of the run: counts what is to be counted, not synced. Fails
  /// with local_io, or as the report does.
  Result<void> settle(const Journals& journals, FetchReport& report);

 private:
  struct Pending {
    Suspect suspect;
    bool told = false;
  };
  using Name = std::pair<std::string, std::uint64_t>;  // unique-id and size

  [[nodiscard]] std::uint8_t guilty(const Suspect& suspect) const;
  Result<void> settle(const Pending& pending, const Journals& journals,
                      FetchReport& report) const;

  bool retry_;
  bool line_holds_ = false;
  std::uint8_t has_delivered_ = 0;  // bit i: destination i
  std::map<Name, Pending> pending_;
};

}  // namespace mailtool::app
