// Any division into writes gives the same output; what is encoded comes back.

#include <type_traits>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/transfer_encoding.h"
#include "require.h"

namespace mailtool::mime {
namespace {

template <class F>
std::string check(std::string_view text) {
  auto whole = filtered<F>(text, text.size() + 1);
  if constexpr (std::is_constructible_v<F, Sink&, VectorLevel>) {
    for (const auto level : {VectorLevel::scalar, VectorLevel::avx2}) {
      StringSink out(64 * 1024 * 1024);
      F filter(out, level);
      pour(filter, text, 600);
      require(out.text() == whole);
    }
  }
  require(filtered<F>(text, 1) == whole);
  require(filtered<F>(text, 3) == whole);
  return whole;
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  const auto text = as_text(data, size);
  require(check<Base64Decoder>(text).size() <= text.size());
  require(check<QuotedPrintableDecoder>(text).size() <= text.size());
  const auto crlf = check<CrlfFilter>(text);
  const auto base64 = check<Base64Encoder>(text);
  require(longest_line(base64) <= 76);
  require(filtered<Base64Decoder>(base64, 7) == text);
  const auto quoted = check<QuotedPrintableEncoder>(text);
  require(longest_line(quoted) <= 76 && is_ascii(quoted));
  require(filtered<QuotedPrintableDecoder>(quoted, 7) == crlf);
  return 0;
}
