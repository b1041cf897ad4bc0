/// \file
/// BodyDecoder: one object that decodes all bodies of a run.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "mailtool/mime/binhex.h"
#include "mailtool/mime/transfer_encoding.h"
#include "mailtool/mime/uuencode.h"
#include "mailtool/mime/yenc.h"

namespace mailtool::mime {

/// Decodes body after body, each in its encoding. What base64 and
/// quoted-printable need is allocated by the first body and used again for the
/// others; the older encodings allocate for each body. An identity body goes
/// through as it comes, uncopied.
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
  /// The file name that a body in uuencode, yEnc or BinHex tells, UTF-8 without
  /// CR, LF, NUL; empty: none so far. Valid until the next begin().
  [[nodiscard]] std::string_view name() const noexcept;

 private:
  Sink* out_ = nullptr;
  Decoder* decoder_ = nullptr;  // null: identity
  std::optional<Base64Decoder> base64_;
  std::optional<QuotedPrintableDecoder> quoted_printable_;
  std::variant<std::monostate, UuDecoder, YencDecoder, BinHexDecoder> older_;
};

}  // namespace mailtool::mime
