/// \file
/// DeflateStream: a Stream that can begin to compress (RFC 4978, RFC 1951).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mailtool/base/stream.h"

namespace mailtool::client {

/// Hands everything on until begin(); from then on both directions are
/// compressed. Every write is flushed, so that the peer can read all of it.
/// What lies above it, such as a transcript, sees the text alone.
///
/// A few octets of a hostile peer can become a thousand times as many. They are
/// inflated only as they are read, at most kPiece at a time: memory is bounded
/// here, and what is read of them by the limits of who reads.
class DeflateStream final : public Stream {
 public:
  static constexpr std::size_t kPiece = 16 * 1024;

  explicit DeflateStream(std::unique_ptr<Stream> inner);
  ~DeflateStream() override;

  /// COMPRESS is about to be sent: from now on a read returns no more than one
  /// line, so that what comes behind the server's consent is still here.
  void await_consent() { line_by_line_ = true; }
  /// There was none.
  void refused() { line_by_line_ = false; }
  /// There was: both directions are compressed from here on. Fails with system
  /// where there is no memory for it. \pre await_consent(); called once
  Result<void> begin();
  [[nodiscard]] bool compressing() const { return codec_ != nullptr; }

  /// Fails with protocol too: what comes is not compressed.
  Result<std::size_t> read_some(std::span<char> into) override;
  [[nodiscard]] bool readable() override;
  Result<bool> await_readable(std::chrono::milliseconds budget) override;
  Result<void> write_all(std::string_view octets) override;
  Result<void> write_secret(std::string_view octets,
                            std::string_view shown) override;
  Result<void> start_tls() override { return inner_->start_tls(); }
  [[nodiscard]] std::optional<TlsInfo> tls() const override {
    return inner_->tls();
  }
  void set_deadline(std::chrono::milliseconds budget) override {
    inner_->set_deadline(budget);
  }

 private:
  struct Codec;

  Result<std::size_t> read_line_of(std::span<char> into);
  /// Makes octets ready out of what was received; none where it needs more.
  Result<void> inflate_some();
  std::string deflated(std::string_view octets);

  std::unique_ptr<Stream> inner_;
  std::unique_ptr<Codec> codec_;
  bool line_by_line_ = false;
  std::string held_;      // came in clear text, or is the first to inflate
  std::size_t given_ = 0;  // of held_
};

}  // namespace mailtool::client
