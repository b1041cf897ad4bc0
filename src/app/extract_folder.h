/// \file
/// ExtractFolder: a folder that files are put into and never out of.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// New files under safe names, one below the folder and no deeper. Several
/// threads may use it; what number a name gets is then a matter of their order.
class ExtractFolder {
 public:
  /// The folder is created if absent; it may be a symbolic link, nothing in it
  /// is followed. With `dry_run` nothing is created, and create() answers with
  /// the name alone. Fails with cannot_create.
  static Result<ExtractFolder> open(const std::string& path, bool dry_run);
  ExtractFolder(ExtractFolder&& other) noexcept;
  ExtractFolder& operator=(ExtractFolder&&) = delete;
  ~ExtractFolder();

  struct NewFile {
    int descriptor;    ///< the caller's to close; -1 with `dry_run`
    std::string name;  ///< in the folder
  };
  /// A new file. `wanted` is a safe name; where there is such a file already,
  /// "menu.pdf" becomes "menu-2.pdf": the number after the last one given out,
  /// or found by halving, so that thousands of one name cost no more each.
  Result<NewFile> create(const std::string& wanted);
  /// Removes what create() made.
  void remove(const std::string& name) const;
  /// For people: the folder and the name, printable.
  [[nodiscard]] std::string shown(std::string_view name) const;
  /// The path as the program was given it, and the name.
  [[nodiscard]] std::string path_of(std::string_view name) const;
  [[nodiscard]] bool dry_run() const { return dry_run_; }

 private:
  class Names;

  ExtractFolder(int descriptor, std::string path, bool dry_run);
  [[nodiscard]] bool is_taken(const std::string& name) const;
  [[nodiscard]] std::uint64_t free_number(const std::string& wanted) const;
  Result<NewFile> create_numbered(const std::string& wanted);

  int descriptor_;  // -1: there is none, and dry_run_
  std::string path_;
  bool dry_run_;
  std::unique_ptr<Names> names_;
};

/// Writes to a descriptor that it does not own. Fails with local_io.
class DescriptorSink : public Sink {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}
  Result<void> write(std::string_view octets) override;

 private:
  int descriptor_;
};

}  // namespace mailtool::app
