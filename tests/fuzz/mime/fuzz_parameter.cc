// Values and parameters are valid UTF-8 on one line; each comes back from the
// form it is written in.

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/media_type.h"
#include "mailtool/mime/message_id.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  const auto value = as_text(data, size);
  const auto read = parse_parameters(value);
  for (const auto& parameter : read.parameters()) {
    require(is_valid_utf8(parameter.value));
    require(!has_line_break_or_nul(parameter.value));
    const auto written = "a/b" + to_parameter("x", parameter.value);
    require(is_ascii(written) && !has_line_break_or_nul(written));
    const auto field = fold_field("A", written);
    const auto again = parse_parameters(std::string_view(field).substr(2));
    require(!again.defective && again.find("x") != nullptr);
    require(*again.find("x") == parameter.value);
  }
  require(is_media_type(parse_media_type(value).full()));
  for (const auto& id : parse_message_ids(value)) {
    require(!id.empty() && !has_line_break_or_nul(id));
  }
  return 0;
}
