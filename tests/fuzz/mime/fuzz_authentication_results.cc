// Whatever the field holds, what is read of it is safe text within limits.

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/authentication_results.h"
#include "require.h"

namespace mailtool::mime {
namespace {

void check(const std::string& text) {
  require(is_valid_utf8(text) && !has_line_break_or_nul(text));
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::mime;
  const auto read = parse_authentication_results(as_text(data, size));
  check(read.authserv_id);
  require(!read.instance || (*read.instance >= 1 && *read.instance <= 50));
  require(read.methods.size() <= kMaxAuthenticationMethods);
  for (const auto& method : read.methods) {
    check(method.method);
    check(method.result);
    check(method.reason);
    check(method.comment);
    require(method.properties.size() <= kMaxAuthenticationProperties);
    for (const auto& property : method.properties) {
      check(property.type);
      check(property.name);
      check(property.value);
    }
  }
  return 0;
}
