/// \file
/// DownloadFolder: a folder that files from a server are put into.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "mailtool/base/sink.h"
#include "store/batch_sync.h"
#include "store/system.h"

namespace mailtool::app {

/// Each file is there whole, and on the disk, or not at all. One run at a time:
/// the folder itself is locked, so that what a run that was killed left behind
/// can be told and removed.
class DownloadFolder {
 public:
  /// Creates the folder, and those above it, if absent. Fails with
  /// cannot_create, or busy where another run has it.
  static Result<DownloadFolder> open(const std::string& path);

  /// A file that has no name yet.
  class File : public Sink {
   public:
    File(File&& other) noexcept;
    File& operator=(File&&) = delete;
    /// Leaves nothing behind unless it was kept.
    ~File() override;
    /// Fails with local_io.
    Result<void> write(std::string_view octets) override;
    [[nodiscard]] std::uint64_t octets() const { return octets_; }

   private:
    friend class DownloadFolder;
    File(int folder, std::string temporary, store::Descriptor descriptor)
        : folder_(folder),
          temporary_(std::move(temporary)),
          descriptor_(std::move(descriptor)) {}
    Result<void> drain();

    int folder_;
    std::string temporary_;  // empty once it is no more
    store::Descriptor descriptor_;
    std::string buffer_;
    std::uint64_t octets_ = 0;
  };
  /// Fails with cannot_create or local_io.
  Result<File> create();

  /// Syncs `file` and gives it the name `wanted`, which is safe, or the next
  /// free one of "menu-2.pdf"…; never over what is there. Where a file of the
  /// same octets has one of these names, which no other of this run has been
  /// given, it stays instead. Returns the name.
  Result<std::string> keep_as_new(File file, const std::string& wanted);
  /// The same under the name `wanted` alone. A file that has it is left as it
  /// is: true where it holds the same octets, so that nothing is missing, false
  /// where it is another one.
  Result<bool> keep_if_new(File file, const std::string& wanted);
  /// The same, over what is there.
  Result<void> keep_over(File file, const std::string& name);
  /// The same by the next flush() at the latest: many files are synced together
  /// in a fraction of the time. Until then the file has no name.
  Result<void> keep_over_soon(File file, const std::string& name);
  Result<void> flush();

  /// A regular file is there: its size.
  [[nodiscard]] std::optional<std::uint64_t> size_of(
      const std::string& name) const;
  /// The folder's descriptor.
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  /// The folder as it was named, and the name: for programs.
  [[nodiscard]] std::string path_of(const std::string& name) const;

 private:
  DownloadFolder(std::string path, store::Descriptor descriptor)
      : path_(std::move(path)),
        descriptor_(std::move(descriptor)),
        batch_(std::make_unique<store::BatchSync>(descriptor_.get())) {}
  Result<void> settle(File& file);
  Result<void> give_name(File& file, const std::string& name);
  void remove_leftovers() const;

  std::string path_;
  store::Descriptor descriptor_;
  std::uint64_t created_ = 0;
  struct Waiting {
    File file;
    std::string name;
  };
  std::vector<Waiting> waiting_;
  std::unique_ptr<store::BatchSync> batch_;
  std::unordered_map<std::string, std::uint64_t> numbers_;  // last given out
};

}  // namespace mailtool::app
