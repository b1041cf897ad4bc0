/// \file
/// ServeRoot: the folder that a server keeps all in.
#pragma once

#include <optional>
#include <string>

#include "mailtool/base/result.h"
#include "mailtool/store/lock_file.h"

namespace mailtool::app {

/// The folder, locked as long as this lives. Below it: "mail", with a folder a
/// user; "tmp", for what comes in; "state", with the queue of mail for other
/// domains; "lock".
class ServeRoot {
 public:
  /// Makes what is missing. An empty `folder` is a new one for temporary files,
  /// which is removed with this. Fails with busy where another server has it,
  /// cannot_create.
  static Result<ServeRoot> open(const std::string& folder);
  ServeRoot(ServeRoot&& other) noexcept;
  ServeRoot& operator=(ServeRoot&&) = delete;
  ~ServeRoot();

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string mail() const { return folder_ + "/mail"; }
  [[nodiscard]] std::string state() const { return folder_ + "/state"; }
  [[nodiscard]] std::string temporary() const { return folder_ + "/tmp"; }

 private:
  ServeRoot(std::string folder, bool temporary)
      : folder_(std::move(folder)), is_temporary_(temporary) {}
  Result<void> prepare();

  std::string folder_;
  bool is_temporary_;
  std::optional<store::LockFile> lock_;
};

}  // namespace mailtool::app
