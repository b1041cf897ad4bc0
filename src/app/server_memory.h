/// \file
/// ServerMemoryFile: what is remembered of one server between runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/client/pop3_memory.h"

namespace mailtool::app {

/// A small file in the state folder, one a host and port. Nothing hangs on it:
/// a file that is old, damaged, of another server or not to be read is as none,
/// and what cannot be written is done without. Several runs may share it.
class ServerMemoryFile {
 public:
  static constexpr std::int64_t kKeptSeconds = 7 * 24 * 60 * 60;
  static constexpr std::size_t kMaxOctets = 64 * 1024;

  /// An empty `state_folder` or `host` keeps nothing.
  ServerMemoryFile(const std::string& state_folder, std::string_view host,
                   std::uint16_t port);

  /// `now`: seconds since 1970.
  [[nodiscard]] std::optional<client::ServerMemory> read(
      std::int64_t now) const;
  /// Whole or not at all.
  void write(const client::ServerMemory& memory, std::int64_t now) const;
  void forget() const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string server_;  // "mail.example:995"
  std::string path_;    // empty: nothing is kept
};

}  // namespace mailtool::app
