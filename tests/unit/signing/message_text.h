// Whole messages as text: read in pieces, signed, checked.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"
#include "mailtool/signing/dkim.h"
#include "mailtool/signing/dkim_signer.h"

namespace mailtool::signing::test {

// Yields at most `size` octets a call.
class PieceSource : public Source {
 public:
  PieceSource(std::string_view text, std::size_t size)
      : text_(text), size_(size) {}
  Result<std::size_t> read_some(std::span<char> into) override;

 private:
  std::string_view text_;
  std::size_t size_;
};

// Throws where signing or checking fails.
std::string must_sign(const DkimSigner& signer, std::string_view text);
// Splits the text into header and body by itself; the keys are those of
// `signer`, From is at sender.example.
DkimReport check_text(const std::string& text, const DkimSigner& signer,
                      std::int64_t now);
DkimReport check_text(const std::string& text, const DkimSigner& signer);

}  // namespace mailtool::signing::test
