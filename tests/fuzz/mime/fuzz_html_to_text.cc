// Any division into writes gives the same text, which is valid UTF-8 and not
// much longer. A page that is no UTF-8 harms nothing.

#include "mailtool/base/utf8.h"
#include "mailtool/mime/html_to_text.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  const auto html = as_text(data, size);
  const auto text = filtered<HtmlToText>(html, html.size() + 1);
  require(text.size() <= html.size() * 32 + 2);
  require(text.empty() || text.back() == '\n');
  require(text.find('\0') == text.npos);
  if (!is_valid_utf8(html)) return 0;
  require(is_valid_utf8(text));
  for (const std::size_t chunk : {1u, 3u, 16u}) {
    require(filtered<HtmlToText>(html, chunk) == text);
  }
  return 0;
}
