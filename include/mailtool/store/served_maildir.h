/// \file
/// ServedMaildir: a Maildir whose messages have UIDs for good.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailtool/base/seekable_source.h"
#include "mailtool/store/lock_file.h"
#include "mailtool/store/mirror_maildir.h"

namespace mailtool::store {

/// A message of a ServedMaildir.
struct ServedMessage {
  std::uint32_t uid = 0;
  std::uint64_t octets = 0;  ///< with CRLF line ends
  std::int64_t date = 0;     ///< of arrival: seconds since 1970
  std::string name;          ///< of its file, with flags
  bool in_new = false;
  bool converted = false;  ///< its file has LF line ends: another program's
  /// Of the last change of its flags, or of its arrival (RFC 7162); 0 where
  /// they are not counted.
  std::uint64_t modseq = 0;
  /// Of its file, when `octets` were counted; 0 where they were not.
  std::uint64_t file_octets = 0;

  /// Letters in ASCII order: D draft, F flagged, R answered, S seen, T deleted.
  [[nodiscard]] std::string_view flags() const;
};

/// The folder of one mailbox, for one process at a time.
///
/// Files are named as those of a MirrorMaildir, UIDs in them, and hold a message
/// as it is on the wire, with CRLF. Files that other programs deliver get a UID
/// and such a name when they are seen. In `served` stand UIDVALIDITY and a UID
/// that was never given; it is written before any above it is, many at a time, so
/// that no UID is given twice, whatever was removed and whatever ended the
/// process. A file whose name has a UID not below it, or that of another file, is
/// another program's. Where the folder has become another UIDVALIDITY, `served` has
/// the one in names, too. Mod-sequences likewise; those of the messages stand in `modseqs` while
/// nobody has the folder. Where that file is not of the last state, as behind a
/// crash, all messages get a new one, above all that were given.
class ServedMaildir {
 public:
  /// Takes in what look() does. Creates it where absent (mode 0700), with
  /// `new_uidvalidity` then; where that
  /// is 0 and there is no file `served` it fails with no_such_item. Fails with
  /// busy while another process has it, with cannot_create, local_io or system,
  /// and with config where `served` is not what was written, or not can_be().
  static Result<std::unique_ptr<ServedMaildir>> open(
      const std::string& path, std::uint32_t new_uidvalidity);
  /// Of the folder at `path`, which may be open; nullopt: it has none yet. Fails
  /// with config where `served` is not what was written, with local_io or system.
  static Result<std::optional<std::uint32_t>> uidvalidity_at(
      const std::string& path);
  /// As renumber() does, of a folder that nobody has. Fails with busy, too, and
  /// with no_such_item where it has no UIDVALIDITY yet.
  static Result<void> renumber_at(const std::string& path,
                                  std::uint32_t uidvalidity);
  /// A folder, and neither it nor new, cur or tmp is a link, which leads elsewhere.
  [[nodiscard]] static bool can_be(const std::string& path);
  /// What is begun and not committed is removed.
  ~ServedMaildir();

  /// False once another program has removed the folder, or put another one or a
  /// link in its place, or in that of what is in it: lock, new, cur and tmp. Then
  /// abandon() is due: nothing is written to what is there now.
  [[nodiscard]] bool is_in_place() const;
  /// Lets go of the folder: whoever finds it, wherever it is, can open it. What was
  /// added and not committed is lost. From now on is_in_place() is false, and all
  /// but what is known without the disk fails with no_such_item.
  void abandon();

  ServedMaildir(const ServedMaildir&) = delete;
  ServedMaildir& operator=(const ServedMaildir&) = delete;

  [[nodiscard]] std::uint32_t uidvalidity() const { return uidvalidity_; }
  /// Above all UIDs given.
  [[nodiscard]] std::uint32_t uidnext() const { return uidnext_; }
  /// Another UIDVALIDITY, which it never had; UIDs, and the names of files, stay.
  /// Durable when it returns. Fails with cannot_create or local_io; then it is what
  /// it was.
  Result<void> renumber(std::uint32_t uidvalidity);
  /// Files with UIDs below this one may be put there from now on. Fails with
  /// local_io.
  Result<void> begin_at(std::uint32_t uidnext);
  /// By UID. References are valid until the next call of what changes them.
  [[nodiscard]] const std::vector<ServedMessage>& messages() const {
    return messages_;
  }
  /// At least that of every message, and above it once something is removed;
  /// never falls. The first call begins to count, and gives each of messages() its
  /// own. 0, and messages() have none, while `served` cannot be written.
  std::uint64_t highest_modseq();
  /// Those that stand for flags in names of files: of messages(), and of what had
  /// a name of ours and was not taken in when names were last read. Each once.
  [[nodiscard]] std::string letters() const;
  /// nullptr: there is none.
  [[nodiscard]] const ServedMessage* find(std::uint32_t uid) const;

  /// Adds a message, which has CRLF line ends, to the batch: it is not there
  /// before commit(). Fails with rejected where the file system keeps no such
  /// `date`, with local_io, system, or as `message`; the batch stays as it was.
  Result<void> add(Source& message, std::optional<std::int64_t> date,
                   std::string_view flags);
  /// Likewise a message of another folder, as one more name of its file: nothing is
  /// copied. False where that cannot be, and add() can. Fails with no_such_item
  /// where another program has removed it.
  Result<bool> add_link(const ServedMaildir& from, const ServedMessage& message,
                        std::string_view flags);
  /// Makes the batch durable. Returns the UIDs, 0 for a message that could not
  /// be kept, in the order of add(). Fails with local_io where none could.
  Result<std::vector<std::uint32_t>> commit();

  /// The octets, with CRLF line ends, which can be read whatever becomes of the
  /// message. Where another program has made it longer or shorter, find() has its
  /// octets from then on, and another mod-sequence. Fails with no_such_item when another program has removed it, or
  /// with local_io.
  Result<std::unique_ptr<SeekableSource>> read(const ServedMessage& message);
  /// Of the file of a message.
  [[nodiscard]] std::string path_of(const ServedMessage& message) const;

  /// Not durable before sync(). False where there is no such message, or no
  /// longer under its name: find_again(). Fails with local_io.
  Result<bool> set_flags(std::uint32_t uid, std::string_view flags);
  /// Those of `uids`, which ascend, that are there, under whatever name: how
  /// many. On a failure those before it are removed. Their files are in tmp then,
  /// for a Disposal, unless there is no room for them.
  Result<std::size_t> remove(std::span<const std::uint32_t> uids);
  Result<void> sync();
  /// tmp, where files of removed messages lie that nobody has been told of;
  /// empty: there are none.
  [[nodiscard]] std::string take_removed();
  /// The folder is at `path` from now on, where nothing is. Durable once the
  /// folder above it is synced. \pre the batch is committed. Fails as the disk
  /// does; it is where it was then.
  Result<void> move_to(const std::string& path);
  /// Of the messages with UIDs below `below` the first `most`, at most, go to the
  /// Maildir at `folder`, which has that UIDVALIDITY, under their UIDs: how many.
  /// Those that are not under their names are not found before find_again().
  /// Not durable before cur and new of both are synced. Fails as the disk does;
  /// those before it have gone.
  Result<std::size_t> move_messages(const std::string& folder,
                                    std::uint32_t uidvalidity,
                                    std::uint32_t below, std::size_t most);

  /// Looks for what other programs have delivered, changed or removed. True
  /// when there was any of it. Does nothing between add() and commit(), so that
  /// UIDs ascend as messages appear. Fails with local_io.
  Result<bool> refresh();
  /// Likewise where new or cur may have changed since; of many messages not
  /// more often than 20 microseconds a message. Of many that were delivered it
  /// takes in the first 200, or 4 MiB, and is_taking_in() then: the next call goes
  /// on. After a failure it begins anew.
  Result<bool> look();
  [[nodiscard]] bool is_taking_in() const { return stage_ != Stage::none; }
  /// Reads again under which names files are; takes in no new ones. As refresh().
  Result<bool> find_again();

 private:
  // Names in tmp of links that are not committed.
  static constexpr std::string_view kLinked = "linked.";
  struct Added {
    std::uint32_t uid;
    std::uint64_t octets;
    // Of a file that has another name; else all of them are empty.
    std::string linked = {};  // the path of the new one
    std::string name = {};    // that it gets
    std::int64_t date = 0;
    bool converted = false;
  };
  // Of the folder and of what is in it: device and number of each.
  using Place = std::array<std::pair<std::uint64_t, std::uint64_t>, 5>;
  ServedMaildir(std::string path, LockFile lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}
  Result<void> load_state(std::uint32_t new_uidvalidity);
  Result<void> write_state(std::uint32_t uidnext, std::uint64_t modseq);
  Result<void> reserve();
  std::uint64_t new_modseq();
  void count_modseqs();
  void keep_state();
  using FolderTimes = std::array<std::int64_t, 4>;
  [[nodiscard]] std::optional<FolderTimes> folder_times() const;
  std::size_t remove_named(std::span<const std::uint32_t> uids,
                           std::vector<std::uint32_t>& elsewhere,
                           std::optional<Error>& failed);
  struct Arrival {
    bool in_new;
    std::string name;
  };
  struct Portion {
    std::size_t files = 0;
    std::uint64_t octets = 0;
  };
  // Of a look: first come files of names that are not ours, then those whose
  // UIDs are not theirs.
  enum class Stage : std::uint8_t { none, arrivals, foreign };
  Result<std::vector<ServedMessage>> scan();
  [[nodiscard]] bool is_known(const ServedMessage& message) const;
  std::optional<std::uint64_t> look_at(ServedMessage& message) const;
  void take_files(std::span<ServedMessage> files,
                  std::vector<ServedMessage>& kept);
  Result<std::optional<ServedMessage>> adopt_one(bool in_new,
                                                 const std::string& name);
  Result<void> list_arrivals();
  Result<bool> begin_look();
  Result<bool> end_stage();
  Result<bool> show(std::vector<ServedMessage> taken);
  Result<bool> take_arrivals(Portion& portion);
  Result<bool> take_portion();
  Result<bool> take_in();
  void sort_from(std::size_t before);
  void note_place();
  Result<void> check();
  [[nodiscard]] Result<bool> keeps(std::int64_t date) const;
  Result<void> measure(std::uint32_t uid, int file);
  [[nodiscard]] std::string name_of(std::int64_t date,
                                    std::optional<std::uint64_t> octets) const;
  static void take_stored(const Stored& stored, Added& one,
                          std::optional<Error>& failed);
  std::optional<Error> commit_links(std::vector<Added>& batch);
  Result<bool> remove_file(const ServedMessage& message);
  void clear_tmp();

  std::string path_;
  std::optional<LockFile> lock_;  // none: it was abandoned
  std::optional<Place> place_;    // where it was opened; none before
  std::uint32_t uidvalidity_ = 0;
  std::uint32_t in_names_ = 0;  // of files: that which it had at first
  std::uint32_t uidnext_ = 1;
  std::uint32_t reserved_ = 1;  // what stands in `served`
  std::uint64_t next_modseq_ = 1;
  std::uint64_t reserved_modseq_ = 1;  // what stands there
  bool counted_ = false;     // each message has its modseq
  bool lost_ = false;         // changes were not counted
  bool modseqs_new_ = false;  // `modseqs` does not have them
  std::unique_ptr<MirrorMaildir> files_;
  std::vector<ServedMessage> messages_;
  std::vector<ServedMessage> foreign_;  // of the last scan(): not their UIDs
  std::deque<Arrival> arrivals_;        // that have no UIDs yet
  Stage stage_ = Stage::none;
  bool scanned_ = false;  // messages_ has what has its UID
  std::vector<Added> batch_;
  bool removed_ = false;     // files lie in tmp
  bool new_changed_ = false;  // and are to be synced out of new
  std::optional<FolderTimes> looked_;  // at folders of these times
  std::optional<FolderTimes> times_;   // as the look that is under way began
  std::int64_t began_ = 0;             // that is when
  std::chrono::steady_clock::time_point next_look_{};
};

}  // namespace mailtool::store
