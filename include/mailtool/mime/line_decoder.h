/// \file
/// LineDecoder: what the decoders of uuencode, yEnc and BinHex have in common.
#pragma once

#include <cstdint>
#include <string>

#include "mailtool/mime/line_pieces.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {

/// A Decoder that reads lines. Its one defect is embedded_file_malformed, at
/// the first line that shows it, or at the end of the body.
class LineDecoder : public Decoder {
 public:
  Result<void> write(std::string_view octets) final;
  Result<void> finish() final;

 protected:
  explicit LineDecoder(Sink& out) : out_(out) {}

  /// Appends to `out` what `piece` decodes to; false once nothing more will
  /// come, and the rest of the body is skipped.
  virtual bool take(const LinePiece& piece, std::string& out) = 0;
  /// The body ended before take() said so.
  virtual void cut_off() = 0;
  /// The line being taken, or the end, is not as it should be.
  void add_malformed() noexcept;

 private:
  Result<void> flush();

  Sink& out_;
  LineCutter lines_;
  std::string decoded_;
  std::uint64_t offset_ = 0;  // of the octets to come
  std::uint64_t line_offset_ = 0;
  bool ended_ = false;
};

}  // namespace mailtool::mime
