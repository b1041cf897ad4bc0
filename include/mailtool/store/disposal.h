/// \file
/// Disposal: files of removed messages go in a thread of their own.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>

namespace mailtool::store {

/// To unlink the last name of a file takes as long as its blocks take to be freed,
/// and that is a millisecond on some disks: nobody waits for that. A message is
/// removed by a rename into tmp, under a name that begins so; that is durable with
/// its folder.
class Disposal {
 public:
  static constexpr std::string_view kPrefix = "removed.";

  Disposal() = default;
  /// What is left lies there until it is added again.
  ~Disposal();
  Disposal(const Disposal&) = delete;
  Disposal& operator=(const Disposal&) = delete;

  /// Unlinks, later, what is so called in the folder at `path`.
  void add(const std::string& path);
  /// Removes, later, the folder at `path` and all that is in it; links are not
  /// followed. \pre nothing else is put there any more
  void add_folder(const std::string& path);
  /// Waits until all is gone that was there when this was called.
  void finish();

 private:
  void begin();
  void run();
  void empty(const std::string& path);
  void remove_folder(const std::string& path);
  [[nodiscard]] bool is_ending();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> folders_;  // of which some files are to go
  std::set<std::string> whole_;    // that are to go
  bool busy_ = false;
  bool ending_ = false;
  std::thread thread_;  // from the first add() on
};

}  // namespace mailtool::store
