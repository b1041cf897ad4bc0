/// \file
/// Large messages that were not downloaded to their end, and are gone on with.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "app/download_folder.h"

namespace mailtool::app {

/// The octets of a message as the server sent them, from the first on, in a
/// file of its own: ".NAME.UIDVALIDITY-SIZE.part". What its name says must
/// still hold for it to be gone on with.
class PartialMessage {
 public:
  PartialMessage(std::string name, std::uint64_t size, std::uint64_t have)
      : name_(std::move(name)), size_(size), have_(have) {}

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t have() const { return have_; }

 private:
  friend class PartialMessages;
  std::string name_;  // of the file
  std::uint64_t size_;
  std::uint64_t have_;
};

/// Those of one folder on disk.
class PartialMessages {
 public:
  /// Messages of fewer octets are downloaded anew.
  static constexpr std::uint64_t kWorthKeeping = 1024 * 1024;

  /// Looks once for what is there. `folder` outlives this.
  explicit PartialMessages(const DownloadFolder& folder);

  /// What there is of the message that will be called `name`, less than all of
  /// it; of another UIDVALIDITY it is removed.
  std::optional<PartialMessage> find(const std::string& name,
                                     std::uint32_t uidvalidity);
  [[nodiscard]] static PartialMessage begin(const std::string& name,
                                            std::uint32_t uidvalidity,
                                            std::uint64_t size);

  /// Takes the octets from have() on.
  class Writer : public Sink {
   public:
    explicit Writer(store::Descriptor file) : file_(std::move(file)) {}
    Result<void> write(std::string_view octets) override;

   private:
    store::Descriptor file_;
  };
  /// Fails with cannot_create or local_io.
  Result<Writer> open(const PartialMessage& partial) const;
  /// All octets, to `to`. Fails with local_io or as `to` does.
  Result<void> copy(const PartialMessage& partial, Sink& to) const;
  void remove(const PartialMessage& partial) const;

 private:
  const DownloadFolder& folder_;
  std::map<std::string, std::uint64_t> found_;  // file names, and their sizes
};

}  // namespace mailtool::app
