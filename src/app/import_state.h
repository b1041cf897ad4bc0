/// \file
/// What another tool knows of a maildrop, read from its state file.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"

namespace mailtool::app {

enum class ImportFormat : std::uint8_t {
  mpop,
  fetchmail,
  getmail,
  thunderbird
};

/// One --import-state.
struct ImportFile {
  ImportFormat format = ImportFormat::mpop;
  std::string path;
};

/// FORMAT:FILE, where FILE may begin with "~/". Fails with usage.
Result<ImportFile> parse_import_file(std::string_view text);

/// Whose entries are wanted: the user to the letter, the host in any case.
struct ImportAccount {
  std::string user;
  std::string host;
  [[nodiscard]] std::string to_string() const { return user + "@" + host; }
};

/// USER@HOST, cut at the last "@". Fails with usage.
Result<ImportAccount> parse_import_account(std::string_view text);

/// Unique-ids and when they were first seen, compact: a million are about 60
/// MB. After sort() each is there once, with its earliest time.
class ImportedIds {
 public:
  /// `first_seen` 0: not known. `uid` has at most pop3::kUidOctets octets.
  void add(std::string_view uid, std::time_t first_seen);
  void sort();
  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  /// \pre index < size(). Valid until add() or sort().
  [[nodiscard]] std::string_view uid(std::size_t index) const;
  [[nodiscard]] std::time_t first_seen(std::size_t index) const {
    return ids_[index].first_seen;
  }

 private:
  struct Id {
    std::uint64_t offset = 0;  // of octets_
    std::uint32_t length = 0;
    std::time_t first_seen = 0;
  };
  std::string octets_;
  std::vector<Id> ids_;
};

struct ImportedState {
  ImportedIds known;
  /// Entries of the account that the tool has only in part: not known.
  std::uint64_t partial = 0;
  /// Lines that say nothing in this format: cut off, or damaged.
  std::uint64_t ignored = 0;
};

/// Limits on a file, which may be anything.
inline constexpr std::uint64_t kImportOctets = 512 * 1024 * 1024;
inline constexpr std::size_t kImportIds = 4'000'000;

/// What `source`, named `file.path`, knows of `account`. Fails with bad_input
/// (not of this format, beyond the limits), no_input (nothing of this account;
/// the accounts that are there are named) or as the source does.
Result<ImportedState> read_import(const ImportFile& file, Source& source,
                                  const ImportAccount& account);
/// The same of the file itself. Fails also with no_input where there is none.
Result<ImportedState> read_import(const ImportFile& file,
                                  const ImportAccount& account);

}  // namespace mailtool::app
