/// \file
/// MboxFile: messages appended to an mbox, whole or not at all.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/store/message_files.h"
#include "mailtool/store/spool.h"

namespace mailtool::store {

class ContentHash;
struct MboxEntry;
struct MboxNote;

/// Messages wait in a spool until store() appends them together, under the
/// locks of MboxLock, which are held for that alone. Before it does, a note of
/// what will stand where is synced in a folder of ours. After a crash, whoever
/// opens the mbox next cuts off what was torn, where by the note it is a
/// beginning of what was written and nothing follows it, and the owner of the
/// note recognises what stands whole.
///
/// Octets are written as they come: the "From " line, the quoting of others and
/// the empty line behind are the caller's.
class MboxFile : public Sink {
 public:
  /// Limits of one batch.
  static constexpr std::size_t kMaxMessages = 1000;
  static constexpr std::uint64_t kMaxOctets = 16 * 1024 * 1024;
  /// Messages that the note keeps until the run has ended.
  static constexpr std::size_t kMaxKept = 20'000;

  /// When a run must be over; none: never.
  using Until = std::optional<std::chrono::steady_clock::time_point>;

  /// `notes` is the folder of notes and of the spool, the same for all owners.
  /// Locks only where there are notes. Fails with cannot_create (no regular
  /// file, has hard links, may not be written), and as store().
  static Result<std::unique_ptr<MboxFile>> open(std::string path,
                                                std::string notes,
                                                std::string_view owner,
                                                int stop_fd = -1,
                                                Until until = {});
  ~MboxFile() override;
  MboxFile(const MboxFile&) = delete;
  MboxFile& operator=(const MboxFile&) = delete;

  /// Starts a message. `keep`: no journal will know it, so that it is to be
  /// recognised until run_ended(). \pre none is started.
  void begin(bool keep = false);
  /// Fails with local_io; the message can then only be discarded.
  Result<void> write(std::string_view octets) override;
  void discard() noexcept;
  /// The message is complete.
  void end(const DeliveryKey& key);

  [[nodiscard]] bool full() const;

  /// Appends and syncs the batch: one entry for each end(), in order. When it
  /// cannot, the mbox is as it was, and all that is new fails alike: with busy
  /// (its lock was not to be had in 10 s, or by `until`), interrupted,
  /// cannot_create or local_io.
  std::vector<Stored> store();
  /// What store() told last is safe elsewhere: it need not be recognised again.
  void confirm() noexcept;
  /// The server has taken leave of a run that went well: what begin() was told
  /// to keep, in this run or one before, need not be recognised again.
  void run_ended() noexcept;

 private:
  struct Message {
    DeliveryKey key{};
    std::uint64_t begin = 0;  // in the spool
    std::uint64_t octets = 0;
    std::uint64_t hash = 0;
    bool keep = false;
    bool recognised = false;
  };

  MboxFile(std::string path, std::string notes, std::string_view owner,
           int stop_fd, Until until);
  [[nodiscard]] std::chrono::milliseconds patience() const;
  Result<void> recover();
  Result<void> recover_from(const std::string& text, int mbox, bool own);
  Result<void> open_note();
  Result<void> write_note(const MboxNote& note);
  [[nodiscard]] bool crowds_the_disk() const;
  Result<void> copy_batch(std::string_view between, Sink& to) const;
  void keep(const std::vector<MboxEntry>& added);
  Result<void> append();
  Result<void> write_all(int mbox, std::uint64_t size);

  std::string path_;
  std::string notes_;
  std::string prefix_;  // of all notes on this mbox
  std::string note_;    // path of ours
  int stop_fd_;
  Until until_;
  int note_file_ = -1;
  bool keep_note_ = false;  // an append has failed
  bool cleared_ = false;    // of what the dead left beside the mbox

  Spool spool_;
  std::unique_ptr<Message> current_;
  std::unique_ptr<ContentHash> hash_;  // of it
  std::vector<Message> batch_;
  // Whole there, to be recognised: not yet confirmed, or kept.
  std::map<DeliveryKey, MboxEntry> unclaimed_;
  std::vector<DeliveryKey> told_;  // of the last store(), recognised
};

}  // namespace mailtool::store
