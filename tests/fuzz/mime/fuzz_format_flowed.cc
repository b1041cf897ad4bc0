// Any division into writes gives the same lines, which are no more than a space
// each longer. What has no soft line end and no quote or stuffing comes as it
// is.

#include "mailtool/mime/format_flowed.h"
#include "require.h"

namespace mailtool::mime {
namespace {

std::string read(std::string_view text, std::size_t chunk, bool delete_space) {
  StringSink out(64 * 1024 * 1024);
  FlowedReader reader(out, delete_space);
  pour(reader, text, chunk);
  return out.take();
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  const auto text = as_text(data, size);
  for (const bool delete_space : {false, true}) {
    const auto lines = read(text, text.size() + 1, delete_space);
    require(lines.size() <= text.size() * 2 + 2);
    require(lines.empty() || lines.back() == '\n');
    for (const std::size_t chunk : {1u, 2u, 5u}) {
      require(read(text, chunk, delete_space) == lines);
    }
    const bool plain =
        text.find_first_of(" >\r") == text.npos && text.ends_with('\n');
    require(!plain || lines == text);
  }
  return 0;
}
