// Values and parameters are valid UTF-8 on one line; each comes back from the
// form it is written in.

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/media_type.h"
#include "mailtool/mime/message_id.h"
#include "require.h"

namespace mailtool::mime {
namespace {

// Nothing of one value shows in the next; no policy loses a name.
void check_reuse(std::string_view value) {
  static ParameterizedValue reused;
  const auto fresh = parse_parameters(value);
  parse_parameters(value, reused);
  require(reused.value == fresh.value && reused.defects == fresh.defects);
  require(reused.parameters().size() == fresh.parameters().size());
  for (std::size_t i = 0; i < fresh.parameters().size(); ++i) {
    require(reused.parameters()[i] == fresh.parameters()[i]);
  }
  const auto other =
      parse_parameters(value, {.last_duplicate = true, .plain_first = true});
  require(other.parameters().size() == fresh.parameters().size());
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  const auto value = as_text(data, size);
  const auto read = parse_parameters(value);
  for (const auto& parameter : read.parameters()) {
    // A boundary is the octets of delimiters.
    if (parameter.name == "boundary") {
      require(!has_line_break_or_nul(parameter.value));
      continue;
    }
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
  check_reuse(value);
  for (const auto& id : parse_message_ids(value)) {
    require(!id.empty() && !has_line_break_or_nul(id));
  }
  return 0;
}
