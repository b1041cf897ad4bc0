/// \file
/// Journal: what one destination has had of one maildrop. Its commit is the
/// point after which a message may be deleted on the server.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::store {

/// An append-only file of lines, each synced before it is relied on:
///
///     mailtool-journal 1 bob@mail.example maildir:/home/bob/Mail
///     +UID SIZE TIME     fetched
///     ~UID SIZE TIME     adopted: known, never fetched by us
///     -UID SIZE TIME     gone from the server: forget one of the above
///     !UID SIZE TIME     a try that failed
///     >UID SIZE TIME     skipped for its size, and said so
///
/// A last line without its end, and any line that is none, is what a crash
/// left: it counts for nothing. The caller holds the lock of the maildrop.
///
/// Messages are counted, not named: the same UID and SIZE twice are two. In
/// memory a message known takes 24 octets, whatever its UID.
class Journal {
 public:
  /// UID: 1..kUidOctets octets of 0x21 to 0x7e, as pop3/listing.h has it; or,
  /// where the server gives none, a digest in the same form.
  static constexpr std::size_t kUidOctets = 70;

  struct Message {
    std::string_view uid;
    std::uint64_t size = 0;
  };

  /// Opens or creates `path` (mode 0600). `owner` and `destination` are
  /// written into a new file and compared in an old one. Fails with
  /// cannot_create, local_io, or config when the file is no journal or
  /// another's. A file that is mostly lines that cancel out is rewritten
  /// without them.
  static Result<std::unique_ptr<Journal>> open(const std::string& path,
                                               std::string_view owner,
                                               std::string_view destination);
  /// Only reads: changes nothing, needs no lock, and add_*() is not legal. A
  /// file that is absent is an empty journal. Any destination is taken when
  /// `destination` is empty.
  static Result<std::unique_ptr<Journal>> read(const std::string& path,
                                               std::string_view owner,
                                               std::string_view destination);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// How often it was fetched, and adopted, when the journal was opened.
  [[nodiscard]] unsigned fetched(const Message& message) const;
  [[nodiscard]] unsigned adopted(const Message& message) const;
  /// How many runs have failed at it.
  [[nodiscard]] unsigned failures(const Message& message) const;
  [[nodiscard]] bool skip_was_said(const Message& message) const;
  /// True when nothing was known when the journal was opened.
  [[nodiscard]] bool fresh() const { return known_.empty(); }

  void add_fetched(const Message& message) { add('+', message); }
  void add_adopted(const Message& message) { add('~', message); }
  void add_gone(const Message& message) { add('-', message); }
  void add_failure(const Message& message) { add('!', message); }
  void add_skip_said(const Message& message) { add('>', message); }

  /// Appends what was added, and makes durable all there is: the commit point.
  /// Fails with local_io; then nothing of it may be relied on.
  Result<void> commit();
  /// Appends what was added, durable some time later. For what only saves work.
  Result<void> append();

 private:
  using Digest = std::array<std::uint8_t, 16>;
  struct Known {
    Digest digest{};
    std::uint16_t fetched = 0;
    std::uint16_t adopted = 0;
    std::uint16_t failures = 0;
    std::uint16_t skips = 0;
  };
  struct Entry;  // one line, while loading

  Journal(std::string path, std::string title)
      : path_(std::move(path)), title_(std::move(title)) {}
  Result<void> open_file();
  Result<bool> load();
  Result<void> repair(bool titled);
  void fold(std::deque<Entry>& entries);
  Result<void> compact();
  void add(char mark, const Message& message);
  [[nodiscard]] const Known* find(const Message& message) const;

  std::string path_;
  std::string title_;  // the first line
  int descriptor_ = -1;
  std::string added_;        // lines not yet written
  bool unsynced_ = false;    // lines written and not yet synced
  std::deque<Known> known_;  // sorted by digest
  std::int64_t whole_ = 0;   // octets up to the end of the last whole line
  std::uint64_t lines_ = 0;
  std::uint64_t live_lines_ = 0;
};

}  // namespace mailtool::store
