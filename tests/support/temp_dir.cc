#include "support/temp_dir.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace mailtool::test {

TempDir::TempDir() {
  auto pattern =
      (std::filesystem::temp_directory_path() / "mailtool-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("cannot create " + pattern);
  }
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace mailtool::test
