/// \file
/// Dialogue: an S:/C: text file as a list of steps. The form is described in
/// tests/README.md; `mailtool --transcript` writes it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::test {

struct Step {
  enum class Kind {
    server,         ///< octets the server sends
    client,         ///< octets the client must send
    tls,            ///< "<TLS negotiation>": start_tls() succeeds here
    tls_fails,      ///< "<TLS fails>": start_tls() fails with untrusted
    server_closes,  ///< "<server closes>": end of stream
    server_stalls,  ///< "<server stalls>": the next read times out
  };
  Kind kind;
  std::string octets;
  int line = 0;  ///< in the file, for messages
};

using Dialogue = std::vector<Step>;

/// Parses a dialogue; throws std::runtime_error with the line on nonsense.
Dialogue parse_dialogue(std::string_view text);
Dialogue load_dialogue(const std::filesystem::path& file);

}  // namespace mailtool::test
