#include "mailtool/mime/body_decoder.h"

namespace mailtool::mime {

void BodyDecoder::begin(TransferEncoding encoding, Sink& out,
                        DecodePolicy policy) {
  const auto reuse = [&](auto& decoder) {
    if (decoder) {
      decoder->begin(out, policy);
    } else {
      decoder.emplace(out, policy);
    }
    decoder_ = &*decoder;
  };
  out_ = &out;
  decoder_ = nullptr;
  older_.emplace<std::monostate>();
  switch (encoding) {
    case TransferEncoding::base64: return reuse(base64_);
    case TransferEncoding::quoted_printable: return reuse(quoted_printable_);
    case TransferEncoding::uuencode:
      decoder_ = &older_.emplace<UuDecoder>(out);
      break;
    case TransferEncoding::yenc:
      decoder_ = &older_.emplace<YencDecoder>(out);
      break;
    case TransferEncoding::binhex:
      decoder_ = &older_.emplace<BinHexDecoder>(out);
      break;
    case TransferEncoding::identity: break;
  }
}

Result<void> BodyDecoder::write(std::string_view octets) {
  return decoder_ == nullptr ? out_->write(octets) : decoder_->write(octets);
}

Result<void> BodyDecoder::finish() {
  return decoder_ == nullptr ? Result<void>{} : decoder_->finish();
}

std::span<const DecodeDefect> BodyDecoder::defects() const noexcept {
  if (decoder_ == nullptr) return {};
  return decoder_->defects();
}

std::string_view BodyDecoder::name() const noexcept {
  if (const auto* uu = std::get_if<UuDecoder>(&older_)) return uu->name();
  if (const auto* yenc = std::get_if<YencDecoder>(&older_)) return yenc->name();
  if (const auto* hqx = std::get_if<BinHexDecoder>(&older_)) return hqx->name();
  return {};
}

std::unique_ptr<Decoder> make_decoder(TransferEncoding encoding, Sink& out) {
  auto decoder = std::make_unique<BodyDecoder>();
  decoder->begin(encoding, out);
  return decoder;
}

}  // namespace mailtool::mime
