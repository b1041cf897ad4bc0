/// \file
/// ServedSubscriptions: which names a user of `serve` is subscribed to.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// A name stays there though its mailbox goes (RFC 9051 section 6.3.7). They
/// stand in a file, a name a line in UTF-8.
class ServedSubscriptions {
 public:
  static constexpr std::size_t kMaxNames = 10'000;
  static constexpr std::size_t kMaxOctets = 1024 * 1024;  ///< of the file

  explicit ServedSubscriptions(std::string path) : path_(std::move(path)) {}

  /// What stands in the file and can be no name is left out. Fails with config
  /// where the file is larger than any that was written, or is none.
  Result<void> load();
  [[nodiscard]] const std::set<std::string, std::less<>>& names() const {
    return names_;
  }
  [[nodiscard]] bool contains(std::string_view name) const {
    return names_.contains(name);
  }
  /// Durable when it returns. Fails with rejected and [LIMIT], or as the disk
  /// does; then all is as before.
  Result<void> set(std::string_view name, bool on);

 private:
  Result<void> write();

  std::string path_;
  std::set<std::string, std::less<>> names_;
  std::size_t octets_ = 0;
};

}  // namespace mailtool::app
