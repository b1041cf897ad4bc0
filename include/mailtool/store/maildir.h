/// \file
/// Maildir: delivery that a crash can interrupt but not spoil.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"

namespace mailtool::store {

/// Names one message for good: the same message from the same account has the
/// same key in every run. It is part of the file name, so that a run after a
/// crash recognises what an earlier one delivered.
using DeliveryKey = std::array<std::uint8_t, 16>;

/// A Maildir to deliver into. One message at a time is written; many are made
/// durable together by commit().
///
/// Names are SECONDS.MusecPpidQcounterHkey.HOST, the key in hexadecimal. Files
/// being written are tmp/mailtool.*, locked while their writer lives.
class Maildir : public Sink {
 public:
  /// Messages ended and not committed hold a descriptor each: commit() must
  /// come before there are more.
  static constexpr std::size_t kMaxUncommitted = 128;

  /// Creates `path`, tmp, new and cur where absent (mode 0700), and removes
  /// from tmp what dead processes of this program left there. Fails with
  /// cannot_create, local_io or system.
  static Result<std::unique_ptr<Maildir>> open(const std::string& path);
  ~Maildir() override;
  Maildir(const Maildir&) = delete;
  Maildir& operator=(const Maildir&) = delete;

  /// Reads the names in new and cur, once, for holds(). 16 octets each.
  Result<void> recognise();
  /// True when `key` was delivered here, before recognise() or since.
  [[nodiscard]] bool holds(const DeliveryKey& key) const;

  /// Starts a message in tmp. Fails with cannot_create, local_io or system.
  /// \pre none is started; fewer than kMaxUncommitted wait for commit().
  Result<void> begin();
  /// Fails with local_io; the message can then only be discarded.
  Result<void> write(std::string_view octets) override;
  /// Removes the message that was started. Nothing happens when there is none.
  void discard() noexcept;
  /// The message is complete; it stays in tmp until commit().
  Result<void> end(const DeliveryKey& key);

  /// Makes all messages ended durable and moves them to new. After a failure
  /// those not moved are gone from tmp; those moved will be recognised. Fails
  /// with local_io, and for good: never call it again for the same messages.
  Result<void> commit();

  [[nodiscard]] std::size_t uncommitted() const { return ended_.size(); }
  /// Paths of what the last commit() moved, in the order of end().
  [[nodiscard]] const std::vector<std::string>& delivered() const {
    return delivered_;
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct File {
    std::string temporary;
    int descriptor = -1;
    DeliveryKey key{};
  };

  explicit Maildir(std::string path);
  Result<void> open_folders();
  void remove_stale();
  void drop(File& file) noexcept;
  Result<void> drain();
  Result<void> move_all(const std::vector<File>& files);
  Result<void> recognise_in(const std::string& folder);

  std::string path_;
  std::string host_;
  int tmp_ = -1;
  int new_ = -1;
  File current_;
  std::string buffer_;
  std::vector<File> ended_;
  std::vector<std::string> delivered_;
  std::vector<DeliveryKey> known_;   // sorted
  std::vector<DeliveryKey> recent_;  // of this run, merged into known_
};

}  // namespace mailtool::store
