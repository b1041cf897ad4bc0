/// \file
/// BodyDecoder: one object that decodes all bodies of a run.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {

/// Decodes body after body, each in its encoding. What it needs is allocated
/// by the first body of an encoding and used again for the others; an identity
/// body goes through as it comes, uncopied.
class BodyDecoder : public Decoder {
 public:
  BodyDecoder() = default;
  BodyDecoder(const BodyDecoder&) = delete;
  BodyDecoder& operator=(const BodyDecoder&) = delete;

  /// Begins a body, whatever became of the one before. `out` outlives it.
  void begin(TransferEncoding encoding, Sink& out, DecodePolicy policy = {});
  /// \pre begin() was called.
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;
  /// Of the body begun last.
  [[nodiscard]] std::span<const DecodeDefect> defects() const noexcept override;

 private:
  Sink* out_ = nullptr;
  Decoder* decoder_ = nullptr;  // null: identity
  std::optional<Base64Decoder> base64_;
  std::optional<QuotedPrintableDecoder> quoted_printable_;
};

}  // namespace mailtool::mime
