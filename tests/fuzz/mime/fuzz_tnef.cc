// Any division into writes tells the same files, in brackets that match.

#include "mailtool/mime/tnef.h"

#include "files_told.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::mime;
  const auto text = as_text(data, size);
  const auto whole = files_told<TnefReader>(text, size + 1);
  require(files_told<TnefReader>(text, 1) == whole);
  require(files_told<TnefReader>(text, 5) == whole);
  return 0;
}
