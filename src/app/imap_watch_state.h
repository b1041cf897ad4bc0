/// \file
/// WatchState: how far the events of a folder have been told, on disk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/store/lock_file.h"

namespace mailtool::app {

/// What is known of a folder from before.
struct WatchMarks {
  std::uint32_t uidvalidity = 0;  ///< 0: the server gives none
  std::uint64_t uidnext = 1;      ///< all messages below were dealt with
  std::optional<std::uint64_t> modseq;  ///< flag changes up to it were told
  /// Messages below uidnext whose program failed: how often.
  std::map<std::uint32_t, std::uint32_t> failed;
  friend bool operator==(const WatchMarks&, const WatchMarks&) = default;
};

/// Most messages that wait for their program to be run again.
inline constexpr std::size_t kMostFailed = 1000;

/// "mailtool-watch 1", a line each of account, folder, uidvalidity, uidnext,
/// modseq and failed messages, "end". The names are made printable.
[[nodiscard]] std::string to_text(const WatchMarks& marks,
                                  std::string_view account,
                                  std::string_view folder);
/// The inverse; nullopt when anything is missing, cut, unknown or of another
/// account or folder.
[[nodiscard]] std::optional<WatchMarks> parse_watch_marks(
    std::string_view text, std::string_view account, std::string_view folder);

/// The marks of one folder; kept in a file of its own, locked against another
/// watch, or in memory alone.
class WatchState {
 public:
  /// In memory.
  WatchState() = default;
  /// In FOLDER@ACCOUNT.watch below `place`, which is made. Fails with busy
  /// (another watch has it), bad_input (the file is damaged), cannot_create,
  /// local_io.
  static Result<WatchState> open(const std::string& place,
                                 const std::string& account,
                                 const std::string& folder);

  /// Nothing where the folder was never watched.
  std::optional<WatchMarks> marks;
  /// Durable when it returns. Fails with cannot_create or local_io.
  Result<void> save() const;
  [[nodiscard]] bool durable() const { return lock_ != nullptr; }

 private:
  std::unique_ptr<store::LockFile> lock_;
  std::string path_;
  std::string account_;
  std::string folder_;
};

}  // namespace mailtool::app
