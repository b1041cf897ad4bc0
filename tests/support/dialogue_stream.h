/// \file
/// DialogueStream: a Stream whose server is a dialogue file.
#pragma once

#include <cstddef>
#include <string>

#include "mailtool/base/stream.h"
#include "support/dialogue.h"

namespace mailtool::test {

/// Plays the server's side and holds the client to its side, strictly in the
/// order of the file: a command sent before the replies above it were read is
/// a failure, and so is one octet that differs. "****" in a client line stands
/// for anything up to the line end.
class DialogueStream : public Stream {
 public:
  /// Reads hand out at most `chunk` octets, and never past a client's turn.
  DialogueStream(Dialogue dialogue, std::size_t chunk)
      : dialogue_(std::move(dialogue)), chunk_(chunk) {}

  Result<std::size_t> read_some(std::span<char> into) override;
  /// True while the file has the server speak next.
  [[nodiscard]] bool readable() override;
  /// No time passes: false when the file has the client speak next, and where
  /// the server stalls.
  Result<bool> await_readable(std::chrono::milliseconds budget) override;
  Result<void> write_all(std::string_view octets) override;
  Result<void> start_tls() override;
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return tls_; }
  void set_deadline(std::chrono::milliseconds) override {}

  /// What a server with TLS from the start, or after start_tls, looks like.
  void set_tls(TlsInfo info) { tls_ = std::move(info); }

  /// Empty when all was played; else the first mismatch or the lines left.
  [[nodiscard]] std::string unplayed() const;

 private:
  [[nodiscard]] Error fail(std::string what);

  Dialogue dialogue_;
  std::size_t chunk_;
  std::size_t step_ = 0;
  std::size_t offset_ = 0;      // within the current step's octets
  bool wildcard_ = false;       // inside "****"
  std::optional<TlsInfo> tls_;
  std::string mismatch_;
};

}  // namespace mailtool::test
