/// \file
/// DestinationName: one --to, where fetched messages go.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/server_url.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

enum class DestinationKind : std::uint8_t {
  maildir,          ///< maildir:PATH
  mbox,             ///< mbox:PATH
  folder,           ///< dir:PATH, a file a message
  pipe,             ///< pipe:PROGRAM ARGS
  lmtp,             ///< lmtp:/SOCKET, lmtp://HOST:PORT
  standard_output,  ///< "-", an mbox
};

struct DestinationName {
  /// Longest to_string(), in octets.
  static constexpr std::size_t kMaxOctets = 1024;

  DestinationKind kind = DestinationKind::maildir;
  std::string path;  ///< maildir, mbox, folder: absolute, links resolved
  std::vector<std::string> words;  ///< pipe: the program and its arguments
  ServerUrl server;                ///< lmtp
  std::string recipient;           ///< lmtp: for whom, see --rcpt

  /// Fails with usage: no such destination, an empty path, an open quote, a
  /// bad URL; and where an mbox is a symbolic link that somebody else made.
  static Result<DestinationName> parse(std::string_view text);

  /// What its journal is kept under: one name for one place, however it was
  /// written: "maildir:/home/bob/Mail", "pipe:procmail -d bob", "lmtp:/run/lmtp
  /// for bob@mail.example", "-".
  [[nodiscard]] std::string to_string() const;

  /// True where messages are files of ours, recognised in a later run.
  [[nodiscard]] bool is_path() const {
    return kind == DestinationKind::maildir || kind == DestinationKind::mbox ||
           kind == DestinationKind::folder;
  }
  /// True when messages go to stdout, which can confirm nothing.
  [[nodiscard]] bool standard_output() const {
    return kind == DestinationKind::standard_output;
  }
};

/// The name of the Maildir at `path`, which is taken as it is.
[[nodiscard]] DestinationName maildir_name(std::string path);

}  // namespace mailtool::app
