/// \file
/// QueueFolder: messages that wait to be sent, safe once they are in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/store/atomic_file.h"

namespace mailtool::store {

/// A folder (mode 0700) with two plain files (mode 0600) for each message:
///
///     ID.eml      the message, as it will go out; never changed
///     ID.toml     the state: whom it is for, what happened, what comes next
///     way         what is said once for many of them; may be missing
///     *.tmp       being written; of no worth once the writer is dead
///     damaged/    pairs that made no sense, set aside
///
/// ID is TIME-RANDOM, microseconds since 1970 as 16 digits: in the order of
/// names is in the order of time. A message is in the queue from the moment its
/// state has its name on disk until that name is gone. Who works on a message
/// holds an flock on ID.eml, which dies with its holder.
///
/// Any number of processes may use a folder at once.
class QueueFolder {
 public:
  /// The octets of a state are bounded: larger is damaged.
  static constexpr std::size_t kStateOctets = 64 * 1024 * 1024;

  /// Creates `path` where it is absent. Fails with cannot_create or local_io.
  static Result<QueueFolder> open(std::string path);

  class Addition;
  class Entry;

  /// Starts a message. Fails with cannot_create, local_io or system. The
  /// QueueFolder outlives the Addition.
  [[nodiscard]] Result<Addition> add() const;

  /// The same under an id that follows from another one, "ID" and "r1": what
  /// was added before, and is still here, is not added again. nullopt then.
  [[nodiscard]] Result<std::optional<Addition>> add_as(
      const std::string& id) const;

  /// The messages in the queue, oldest first. Fails with local_io.
  [[nodiscard]] Result<std::vector<std::string>> ids() const;

  /// The state of a message, as somebody else may be about to change it. Fails
  /// with no_input when it is gone, with bad_input beyond kStateOctets, with
  /// local_io.
  [[nodiscard]] Result<std::string> peek(const std::string& id) const;

  /// What stands in `way` (TOML); empty where there is no such file. Fails as peek(),
  /// but for no_input.
  [[nodiscard]] Result<std::string> way() const;
  /// Durable when it returns. Only one at a time may do so: the caller's lock
  /// sees to it. Fails with cannot_create or local_io; it is the old one or the
  /// new one then.
  Result<void> set_way(std::string_view text) const;

  /// Takes a message to work on. Fails with busy when another does, with
  /// no_input when it is not in the queue (any more), with local_io.
  [[nodiscard]] Result<Entry> lock(const std::string& id) const;

  /// Moves both files of a message that makes no sense to damaged/. The caller
  /// holds its Entry, unless there is no message file to lock. Fails with
  /// cannot_create or local_io.
  Result<void> set_aside(const std::string& id) const;

  /// Removes what dead processes left half done. Nothing depends on it.
  void clean() const;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Of the message, for people.
  [[nodiscard]] std::string message_path(const std::string& id) const;

 private:
  friend class Addition;
  friend class Entry;
  explicit QueueFolder(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] std::string state_path(const std::string& id) const;
  [[nodiscard]] std::string way_path() const { return path_ + "/way"; }
  void clean_one(const std::string& id) const;

  std::string path_;
};

/// A message on its way in. Nothing is left of it unless commit() succeeds.
class QueueFolder::Addition : public Sink {
 public:
  Addition(Addition&& other) noexcept;
  Addition& operator=(Addition&&) = delete;
  ~Addition() override;

  [[nodiscard]] const std::string& id() const { return id_; }
  /// Of the message. Fails with local_io.
  Result<void> write(std::string_view octets) override;
  /// The message is whole, and this is its state: both are on disk under their
  /// names when it returns. Fails with local_io; then nothing is in the queue.
  Result<void> commit(std::string_view state);
  /// After commit(): it is not to be in the queue after all, and nothing is left
  /// of it once this is destroyed; until then nobody else can take it. Where
  /// the machine stops at once it may still be there.
  void take_back() { committed_ = false; }

 private:
  friend class QueueFolder;
  Addition(const QueueFolder& folder, std::string id, int descriptor);
  Result<void> name_them();

  const QueueFolder* folder_;
  std::string id_;
  std::string buffer_;
  int descriptor_;  // of the message; locked; -1: moved from
  bool committed_ = false;
};

/// A message that nobody else works on while this lives.
class QueueFolder::Entry {
 public:
  Entry(Entry&& other) noexcept;
  Entry& operator=(Entry&& other) noexcept;
  ~Entry();

  [[nodiscard]] const std::string& id() const { return id_; }
  /// As QueueFolder::peek.
  [[nodiscard]] Result<std::string> state() const;
  /// The message from its start; the Entry outlives it. Several may be read at
  /// once.
  [[nodiscard]] std::unique_ptr<Source> message() const;
  [[nodiscard]] std::uint64_t octets() const { return octets_; }

  /// Makes room for a next state of `octets`, so that what is known by then can
  /// be recorded though the disk is full. Fails as set_state().
  Result<void> reserve_state(std::uint64_t octets);
  /// Durable when it returns. Fails with cannot_create or local_io; then the
  /// state is the old one or the new one.
  Result<void> set_state(std::string_view state);
  /// Takes the message out of the queue, durably. Fails with local_io.
  Result<void> remove();
 private:
  friend class QueueFolder;
  Entry(const QueueFolder& folder, std::string id, int descriptor,
        std::uint64_t octets);
  void take_next_state(Entry& other) noexcept;

  const QueueFolder* folder_;
  std::string id_;
  int descriptor_;
  std::uint64_t octets_;
  std::optional<AtomicFile> next_state_;  // reserved
};

}  // namespace mailtool::store
