/// \file
/// MirrorMaildir: a Maildir whose files bear the UIDs of a mailbox.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/store/message_files.h"

namespace mailtool::store {

/// What the name of a file says: SECONDS.VuidvalidityUuid.HOST[:2,FLAGS].
struct MirrorName {
  std::uint32_t uidvalidity = 0;
  std::uint32_t uid = 0;
};
/// nullopt for names of others.
[[nodiscard]] std::optional<MirrorName> parse_mirror_name(
    std::string_view name);

/// The folder of one mirrored mailbox. One run at a time works on it: the
/// caller holds a lock.
class MirrorMaildir {
 public:
  /// Creates `path`, tmp, new and cur where absent (mode 0700). Fails with
  /// cannot_create, local_io or system.
  static Result<std::unique_ptr<MirrorMaildir>> open(const std::string& path,
                                                     std::uint32_t uidvalidity);
  ~MirrorMaildir();
  MirrorMaildir(const MirrorMaildir&) = delete;
  MirrorMaildir& operator=(const MirrorMaildir&) = delete;

  /// new, or cur, as they were opened: whatever is there by now. Valid as long as
  /// this is.
  [[nodiscard]] int folder(bool in_new) const { return in_new ? new_ : cur_; }
  /// Where new messages are written. end_message() gives them their names.
  [[nodiscard]] MessageFiles& files() { return *files_; }
  /// The message begun in files() is complete. `flags`: letters in ASCII order.
  /// It ends in cur. Fails as MessageFiles::end().
  Result<void> end_message(std::uint32_t uid, std::optional<std::int64_t> date,
                           std::string_view flags);

  /// A file that is there: valid until the next change.
  struct File {
    std::uint32_t uid = 0;
    bool in_new = false;    ///< in new, where a program of others put it
    std::string_view name;  ///< with its flags
    std::string_view flags;
  };
  /// Calls `take` for the files of `path` that bear this UIDVALIDITY, in new and
  /// in cur. Fails with local_io.
  static Result<void> for_each(const std::string& path,
                               std::uint32_t uidvalidity,
                               const std::function<void(const File&)>& take);
  Result<void> for_each(const std::function<void(const File&)>& take) const {
    return for_each(path_, uidvalidity_, take);
  }

  /// Gives a file other flags; it is in cur then. Not durable before sync().
  /// False where it is not there any more: a mail reader may have renamed it.
  /// Fails with local_io.
  Result<bool> set_flags(bool in_new, const std::string& name,
                         std::string_view flags);
  /// Likewise.
  Result<bool> remove(bool in_new, const std::string& name);
  /// Makes durable what was renamed and removed. Fails with local_io.
  Result<void> sync();

 private:
  MirrorMaildir(std::string path, std::uint32_t uidvalidity)
      : path_(std::move(path)), uidvalidity_(uidvalidity) {}

  std::string path_;
  std::uint32_t uidvalidity_;
  std::string host_;
  std::unique_ptr<MessageFiles> files_;
  int new_ = -1;
  int cur_ = -1;
  bool new_changed_ = false;
};

}  // namespace mailtool::store
