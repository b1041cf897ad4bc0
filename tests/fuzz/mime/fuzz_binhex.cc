// Any division into writes gives the same octets, name and defects.

#include "mailtool/mime/binhex.h"

#include "require.h"

namespace mailtool::mime {
namespace {

struct Outcome {
  std::string octets, name;
  bool defective;
  std::uint64_t offset;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome decode(std::string_view text, std::size_t chunk) {
  StringSink out(64 * 1024 * 1024);
  BinHexDecoder decoder(out);
  pour(decoder, text, chunk);
  require(decoder.defects().size() <= 1);
  return {out.take(), decoder.name(), decoder.defective(),
          decoder.defective() ? decoder.defects()[0].offset : 0};
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::mime;
  const auto text = as_text(data, size);
  const auto whole = decode(text, size + 1);
  require(decode(text, 1) == whole);
  require(decode(text, 7) == whole);
  require(whole.offset <= size);
  return 0;
}
