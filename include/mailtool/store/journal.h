/// \file
/// Journal: what one destination has had of one maildrop. Its commit is the
/// point after which a message may be deleted on the server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/store/journal_record.h"

namespace mailtool::store {

/// An append-only file of lines, each synced before it is relied on:
///
///     mailtool-journal 1 bob@mail.example maildir:/home/bob/Mail
///     +UID SIZE TIME DIGEST   fetched
///     ~UID SIZE TIME DIGEST   adopted: known, never fetched by us
///     -UID SIZE TIME          gone from the server: forget one of the above
///     !UID SIZE TIME          a try that failed
///     >UID SIZE TIME          skipped for its size, and said so
///     <UID SIZE TIME          the time of a run was over in the midst of it
///     ?UID SIZE TIME          absent from the listing
///     =UID SIZE TIME          listed again
///
/// SIZE may be "-": not known. TIME is in seconds since 1970: of + and ~ the
/// first sight of the message, else of the event. DIGEST, of the header, in 16
/// hexadecimal digits, may be missing. A last line without its end is
/// what a crash left: it counts for nothing, as any line that is none. The caller
/// holds the lock of the maildrop.
///
/// Messages are counted, not named: the same UID and SIZE twice are two. In
/// memory a message known takes some 41 octets, whatever its UID. What add_*()
/// adds is seen by the other members only after commit() and reload().
class Journal {
 public:
  /// UID: 1..kUidOctets octets of 0x21 to 0x7e, as pop3/listing.h has it; or,
  /// where the server gives none, a digest in the same form.
  static constexpr std::size_t kUidOctets = 70;
  static constexpr std::uint64_t kUnknownSize = JournalRecord::kUnknownSize;

  struct Message {
    std::string_view uid;
    std::uint64_t size = 0;  ///< as LIST said, or kUnknownSize
  };
  using Record = JournalRecord;

  /// Opens or creates `path` (mode 0600). `owner` and `destination` are
  /// written into a new file and compared in an old one. Fails with
  /// cannot_create, local_io, or config when the file is no journal or
  /// another's. A file that is mostly lines that cancel out, or has
  /// damaged ones, is rewritten without them.
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

  /// All that bear this unique-id, by size; one of unknown size comes last.
  /// Valid until reload().
  [[nodiscard]] std::span<const Record> find(std::string_view uid) const;
  /// The one of this unique-id and size; nullptr when there is none.
  [[nodiscard]] const Record* find(const Message& message) const;
  /// All, in no order that means anything. Valid until reload().
  [[nodiscard]] std::span<const Record> records() const {
    return records_.records;
  }
  /// Calls `take` once for each record, with its unique-id, which is valid for
  /// that call: reads the file. Stops at the first failure; fails as that or
  /// with local_io.
  Result<void> for_each(
      const std::function<Result<void>(std::string_view, const Record&)>& take)
      const;

  /// How often it was fetched, and adopted.
  [[nodiscard]] unsigned fetched(const Message& message) const;
  [[nodiscard]] unsigned adopted(const Message& message) const;
  /// How many runs have failed at it.
  [[nodiscard]] unsigned failures(const Message& message) const;
  [[nodiscard]] bool skip_was_said(const Message& message) const;
  /// Lines that the file had when it was read last and that were none: what
  /// they knew is lost. open() has rewritten it without them.
  [[nodiscard]] std::uint64_t damaged() const { return damaged_; }
  /// True when nothing is known.
  [[nodiscard]] bool fresh() const { return records_.records.empty(); }

  /// `header_digest`: HeaderDigest::value, or 0 where it is not known.
  /// `first_sight`: seconds since 1970; 0 is now.
  void add_fetched(const Message& message, std::uint64_t header_digest = 0,
                   std::int64_t first_sight = 0);
  void add_adopted(const Message& message, std::uint64_t header_digest = 0,
                   std::int64_t first_sight = 0);
  void add_gone(const Message& message) { add('-', message); }
  void add_failure(const Message& message) { add('!', message); }
  void add_skip_said(const Message& message) { add('>', message); }
  void add_cut_short(const Message& message) { add('<', message); }
  void add_absent(const Message& message) { add('?', message); }
  void add_listed_again(const Message& message) { add('=', message); }

  /// Appends what was added, and makes durable all there is: the commit point.
  /// Fails with local_io; then nothing of it may be relied on.
  Result<void> commit();
  /// Appends what was added, durable some time later. For what only saves work.
  Result<void> append();
  /// Appends what was added and reads the file again. Fails as open().
  Result<void> reload();

 private:
  Journal(std::string path, std::string title)
      : path_(std::move(path)), title_(std::move(title)) {}
  Result<void> open_file();
  Result<bool> load();
  Result<void> repair(bool titled);
  Result<void> compact();
  void add(char mark, const Message& message, std::uint64_t digest = 0,
           std::int64_t time = 0);

  std::string path_;
  std::string title_;  // the first line
  int descriptor_ = -1;
  std::string added_;      // lines not yet written
  bool unsynced_ = false;  // lines written and not yet synced
  bool torn_ = false;      // the last write may have left half a line
  JournalRecords records_;
  std::int64_t whole_ = 0;  // octets up to the end of the last whole line
  std::uint64_t lines_ = 0;
  std::uint64_t damaged_ = 0;
  std::uint64_t live_lines_ = 0;  // of as many lines records_ could be made
};

}  // namespace mailtool::store
