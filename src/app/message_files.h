/// \file
/// MessageFiles: the files that the arguments of `parse` name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/parse_input.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// Files side by side, in the order in which they are read. Their names are
/// kept in one piece: a folder may hold a million.
class MessageFolder {
 public:
  /// Of files that are named by themselves.
  MessageFolder() = default;
  /// Takes the descriptor of the folder over.
  MessageFolder(std::string path, int descriptor);
  MessageFolder(MessageFolder&& other) noexcept;
  MessageFolder& operator=(MessageFolder&&) = delete;
  ~MessageFolder();

  /// `one_message`: the file is a message, whatever it looks like.
  void add(std::string_view name, bool one_message);
  /// Into the order of their names; numbers come first, by value.
  void sort();

  [[nodiscard]] std::size_t size() const { return files_.size(); }
  /// As openat() takes it: a NUL follows. "-" is stdin if is_arguments().
  [[nodiscard]] std::string_view name(std::size_t file) const;
  [[nodiscard]] bool is_one_message(std::size_t file) const {
    return files_[file].one_message;
  }
  /// How errors and JSON name it: printable, "stdin" for "-".
  [[nodiscard]] std::string shown_name(std::size_t file) const;
  /// For openat().
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool is_arguments() const { return shown_path_.empty(); }

 private:
  struct File {
    std::size_t name;  // in names_
    std::uint32_t octets;
    bool one_message;
    bool number;
  };

  std::string shown_path_;  // with a "/" behind it
  int descriptor_ = -100;   // AT_FDCWD
  std::string names_;       // each with a NUL behind it
  std::vector<File> files_;
};

/// Goes over the arguments. A folder is
///
/// - a Maildir if it has cur and new: the files of new, then those of cur;
/// - else its files that are named by a number (an MH folder), in numeric
///   order, then those named *.eml, *.mbox and *.mbx.
///
/// Names that begin with a dot do not count, nor what is no regular file.
class MessageFiles {
 public:
  /// `recursive`: folders in folders as well, after the files beside them;
  /// no symbolic link is followed to one. No argument stands for "-".
  /// `may_recurse`: the command has --recursive, of which errors tell.
  MessageFiles(std::vector<std::string> arguments, bool recursive,
               bool may_recurse = false);

  /// The next files; null at the end. Fails with no_input for a folder that
  /// cannot be read or holds things but no mail; the next call goes on.
  Result<std::shared_ptr<const MessageFolder>> next();

 private:
  struct Folder {
    std::string path;
    bool of_maildir;  // its cur or new
  };
  Result<MessageFolder> list(const std::string& path);

  std::vector<std::string> arguments_;
  bool recursive_;
  bool may_recurse_;
  std::vector<Folder> folders_;  // to be listed, the last one first
  std::size_t next_ = 0;         // argument
};

/// Files that cannot be read, and folders without mail, are told to `report`.
/// False if there are some.
bool are_all_there(const std::vector<std::string>& arguments,
                   ParseReport& report);

}  // namespace mailtool::app
