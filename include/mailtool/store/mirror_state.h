/// \file
/// MirrorState: what a mirror has had of its mailbox.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::store {

/// Which mailbox it is the mirror of.
struct MirrorTitle {
  std::uint32_t uidvalidity = 0;
  std::string owner;   ///< user@host
  std::string folder;  ///< as on the wire
  friend bool operator==(const MirrorTitle&, const MirrorTitle&) = default;
};

/// Up to where all is here.
struct MirrorPoint {
  std::uint32_t uidnext = 1;   ///< every lower UID was dealt with
  std::uint64_t modseq = 0;    ///< 0: the mailbox keeps none
  std::uint64_t messages = 0;  ///< of lower UIDs, in the mailbox
  std::uint64_t gone = 0;      ///< that have files here and are not in it
  std::string missing;         ///< a set of UIDs that could not be had, or ""
  friend bool operator==(const MirrorPoint&, const MirrorPoint&) = default;
};

/// An append-only file of lines:
///
///     mailtool-mirror 1 UIDVALIDITY OWNER FOLDER
///     +UID FLAGS   here; FLAGS are those that the server has, or "-"
///     ~UID         gone from the server; its file may be here
///     -UID         forgotten
///     =UIDNEXT MODSEQ MESSAGES GONE MISSING   a run was complete
///
/// Later lines count. A last line without its end is what a crash left, and
/// counts for nothing; a line that is none takes away every "=" before it. The
/// caller holds the lock of the mirror. In memory a message takes 8 octets.
class MirrorState {
 public:
  /// Longest FLAGS, in octets of 0x20 to 0x7e; longer ones are cut.
  static constexpr std::size_t kFlagsOctets = 1000;

  /// A look at the first and the last line. `point` only where the last line is
  /// one. nullopt where there is no such file. Fails with local_io, or bad_input
  /// where it is none of ours.
  struct Glance {
    MirrorTitle title;
    std::optional<MirrorPoint> point;
  };
  static Result<std::optional<Glance>> glance(const std::string& path);

  /// Opens or creates `path` (mode 0600). Fails with cannot_create, local_io,
  /// or bad_input when it has another title.
  static Result<std::unique_ptr<MirrorState>> open(const std::string& path,
                                                   const MirrorTitle& title);
  /// Only reads, and needs no lock; a file that is absent is empty. After this
  /// commit() is not legal.
  static Result<std::unique_ptr<MirrorState>> read(const std::string& path,
                                                   const MirrorTitle& title);
  ~MirrorState();
  MirrorState(const MirrorState&) = delete;
  MirrorState& operator=(const MirrorState&) = delete;

  struct Record {
    static constexpr std::uint32_t kGone = UINT32_MAX;
    static constexpr std::uint32_t kForgotten = UINT32_MAX - 1;
    std::uint32_t uid;
    std::uint32_t flags;  ///< for flags_of(), or kGone
    [[nodiscard]] bool gone() const { return flags == kGone; }
  };
  /// By UID. Valid until the next change.
  [[nodiscard]] const std::vector<Record>& records() const { return records_; }
  /// nullptr when it is not known; what was added since settle() is not seen.
  [[nodiscard]] const Record* find(std::uint32_t uid) const;
  /// \pre it is not gone
  [[nodiscard]] const std::string& flags_of(const Record& record) const {
    return flag_texts_[record.flags];
  }
  /// Where nothing has come since: the last complete run.
  [[nodiscard]] const std::optional<MirrorPoint>& point() const {
    return point_;
  }

  void add(std::uint32_t uid, std::string_view flags);
  void add_gone(std::uint32_t uid);
  void forget(std::uint32_t uid);
  void add_point(const MirrorPoint& point);
  /// Appends what was added and makes it durable. Fails with local_io.
  Result<void> commit();
  /// Makes what was added seen by records() and find().
  void settle();

 private:
  explicit MirrorState(std::string path) : path_(std::move(path)) {}

  std::uint32_t intern(std::string_view flags);
  void note(Record record);
  void take_line(std::string_view line);
  Result<void> load(int descriptor, const MirrorTitle& title);
  Result<void> begin_file(const MirrorTitle& title);

  std::string path_;
  int descriptor_ = -1;
  std::string added_;  // lines not yet written
  std::vector<Record> records_;
  std::vector<Record> fresh_;  // since settle(), in the order they came
  std::vector<std::string> flag_texts_;
  std::unordered_map<std::string, std::uint32_t> flag_index_;
  std::size_t flag_octets_ = 0;
  std::optional<MirrorPoint> point_;
  std::uint64_t lines_ = 0;
  std::int64_t whole_ = 0;  // octets up to the end of the last whole line
};

}  // namespace mailtool::store
