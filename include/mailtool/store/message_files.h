/// \file
/// MessageFiles: messages that become files of a folder, many at a time, and
/// that a crash can interrupt but not spoil.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/store/delivery_key.h"

namespace mailtool::store {

class BatchSync;

/// What became of one message.
struct Stored {
  std::string path;            ///< of its file; empty where there is none of it
  bool recognised = false;     ///< it lay there already, from an earlier run
  std::optional<Error> error;  ///< set when it is not safe
};

/// How one file is called, where its key does not say.
struct FilePlace {
  std::string name;  ///< empty: as FolderLayout::name has it
  std::optional<std::int64_t> modified;  ///< seconds since 1970; nullopt: now
};

/// Where the files of one kind of folder are written, and how they are called.
struct FolderLayout {
  std::string writing;    ///< path of the folder of files being written
  std::string prefix;     ///< of their names
  std::string delivered;  ///< path of the folder they end in
  std::vector<std::string> looked_in;  ///< folders where delivered ones lie
  std::string (*name)(const DeliveryKey& key, const std::string& host);
  std::optional<DeliveryKey> (*key_in)(std::string_view name);
};

/// One message at a time is written. Batches of them are sealed, and then made
/// durable and moved to their place in a thread of their own, while the next
/// batch is written: at most two batches are under way.
class MessageFiles : public Sink {
 public:
  /// Limits of one batch.
  static constexpr std::size_t kMaxMessages = 1000;
  static constexpr std::uint64_t kMaxOctets = 32 * 1024 * 1024;

  /// Opens the folders, which exist. Fails with local_io or system.
  static Result<std::unique_ptr<MessageFiles>> open(FolderLayout layout);
  /// What was sealed ends as if it had been settled; what was not is removed.
  ~MessageFiles() override;
  MessageFiles(const MessageFiles&) = delete;
  MessageFiles& operator=(const MessageFiles&) = delete;

  /// Starts a message. The first call removes what dead processes of this
  /// program left in layout.writing. Fails with cannot_create, local_io or
  /// system.
  /// \pre none is started, and not full().
  Result<void> begin();
  /// Fails with local_io; the message can then only be discarded.
  Result<void> write(std::string_view octets) override;
  /// Removes the message that was started. Nothing happens when there is none.
  void discard() noexcept;
  /// The message is complete, and belongs to the batch. One whose key lies
  /// there already is recognised, and not kept twice. The names that lie there
  /// are read at the first call. Fails with local_io; the message can then only
  /// be discarded.
  Result<void> end(const DeliveryKey& key, FilePlace place = {});

  /// The batch takes no more: seal() it.
  [[nodiscard]] bool full() const;
  /// The batch is worth a sync, and the one before it is done.
  [[nodiscard]] bool due() const;

  /// Starts to make the batch safe. \pre settle() since the last call.
  void seal();
  /// Waits for what was sealed: one entry for each end(), in order. Empty when
  /// nothing is sealed. What is not safe is not there, unless only its folder
  /// could not be synced: then it will be recognised.
  std::vector<Stored> settle();
  /// Both, where one batch is all there is. Fails as the first message that is
  /// not safe.
  Result<void> commit();

 private:
  struct File {
    std::string temporary;
    int descriptor = -1;
    DeliveryKey key{};
    std::string name;  // empty: made of the key
    bool recognised = false;
  };
  using Clock = std::chrono::steady_clock;

  explicit MessageFiles(FolderLayout layout);
  Result<void> open_folders();
  void remove_stale();
  Result<void> recognise_in(const std::string& folder);
  Result<void> drain();
  void keep_or_close(File& file);
  void close(File& file) noexcept;
  void drop(File& file) noexcept;
  std::vector<Stored> store(std::vector<File>& files);
  void move(File& file, Stored& stored);

  FolderLayout layout_;
  std::string host_;
  int writing_ = -1;
  int delivered_ = -1;
  std::unique_ptr<BatchSync> sync_;

  File current_;
  std::string buffer_;
  std::uint64_t current_octets_ = 0;
  std::vector<File> batch_;
  std::uint64_t batch_octets_ = 0;
  Clock::time_point batch_began_;
  bool keep_open_ = true;  // files of the batch are to be synced one by one
  std::future<std::vector<Stored>> sealed_;

  bool cleared_ = false;  // of what the dead left
  bool looked_ = false;   // for what lies there
  DeliveryKeys keys_;
};

}  // namespace mailtool::store
