// The first line names a charset, the rest is text in it. Whatever comes, valid
// UTF-8 goes out, the same for any division into writes.

#include "mailtool/mime/charset.h"

#include <algorithm>

#include "mailtool/base/utf8.h"
#include "require.h"

namespace mailtool::mime {
namespace {

struct Read {
  std::string text;
  CharsetFindings findings;
};

Read read(CharsetDecoder& decoder, std::string_view charset,
          std::string_view octets, std::size_t chunk) {
  StringSink out(64 * 1024 * 1024);
  decoder.reset(charset, out);
  pour(decoder, octets, chunk);
  return {out.take(), decoder.findings()};
}

bool equal(const CharsetFindings& a, const CharsetFindings& b) {
  return a.replaced == b.replaced && a.first_offset == b.first_offset &&
         a.first_length == b.first_length && a.guessed == b.guessed;
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  static CharsetDecoder decoder;
  const auto input = as_text(data, size);
  const auto charset = input.substr(0, input.find('\n'));
  const auto octets = input.substr(std::min(input.size(), charset.size() + 1));
  require(canonical_charset(charset).empty() || is_known_charset(charset));

  const auto whole = read(decoder, charset, octets, octets.size() + 1);
  require(is_valid_utf8(whole.text));
  require(whole.text.size() <= octets.size() * 4 + 16);
  require((whole.findings.replaced > 0) == (whole.findings.first_length > 0));
  require(whole.findings.first_offset + whole.findings.first_length <=
          octets.size());
  for (const std::size_t chunk : {1u, 2u, 3u, 7u, 64u}) {
    const auto cut = read(decoder, charset, octets, chunk);
    require(cut.text == whole.text);
    require(equal(cut.findings, whole.findings));
  }
  require(to_utf8(octets, charset) == whole.text);
  return 0;
}
