/// \file
/// DecodedWindow: a body without its transfer encoding.
#pragma once

#include "mailtool/mime/body_decoder.h"
#include "mailtool/mime/structure.h"
#include "serve/octet_window.h"

namespace mailtool::serve {

/// Decodes on from where it stands; what lies before that, from the beginning.
class DecodedWindow : public OctetWindow {
 public:
  /// `message` outlives it; `body` is of it.
  DecodedWindow(OctetWindow& message, mime::Span body,
                mime::TransferEncoding encoding);
  Result<std::string_view> at(std::uint64_t offset) override;

 private:
  class Held : public Sink {
   public:
    Result<void> write(std::string_view octets) override;
    std::string octets;
  };
  void restart();
  Result<void> advance();

  OctetWindow& message_;
  mime::Span body_;
  mime::TransferEncoding encoding_;
  mime::BodyDecoder decoder_;
  Held held_;
  std::uint64_t begin_ = 0;  // of what is held, decoded
  std::uint64_t used_ = 0;   // octets of the body
  bool ended_ = false;
};

}  // namespace mailtool::serve
