// Any division into writes tells the same files, in brackets that match.

#include "mailtool/mime/embedded_file.h"

#include "files_told.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::mime;
  const auto text = as_text(data, size);
  const auto whole = files_told<EmbeddedFileScanner>(text, size + 1);
  require(files_told<EmbeddedFileScanner>(text, 1) == whole);
  require(files_told<EmbeddedFileScanner>(text, 5) == whole);
  return 0;
}
