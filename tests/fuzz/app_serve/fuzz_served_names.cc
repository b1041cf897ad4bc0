// Properties: a mailbox's folder leads nowhere else and is that of no other
// mailbox; whatever folder another program has made, its name leads back to it.

#include <cstdint>
#include <cstdlib>

#include "app/served_names.h"

using namespace mailtool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  if (const auto folder = app::folder_of_name(text)) {
    if (folder->size() > app::kMaxFolderName + 1) std::abort();
    if (!folder->starts_with('.') || folder->size() < 2) std::abort();
    if (folder->find('/') != folder->npos) std::abort();
    if (folder->find("..") != folder->npos) std::abort();
    if (app::name_of_folder(*folder) != text) std::abort();
  }
  if (const auto name = app::name_of_folder(text)) {
    const auto folder = app::folder_of_name(*name);
    if (!folder || *folder != text) std::abort();
  }
  return 0;
}
