/// \file
/// TextFile: text on its way to stdin.
#pragma once

#include <cstdint>
#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::cli {

/// A file without a name in the folder for temporary files: gone with the
/// process, whatever ends it.
class TextFile : public Sink {
 public:
  /// Fails with cannot_create.
  static Result<TextFile> make();
  TextFile(TextFile&& other) noexcept;
  TextFile& operator=(TextFile&&) = delete;
  ~TextFile() override;

  /// Fails with local_io.
  Result<void> write(std::string_view octets) override;
  /// Becomes stdin, to be read from its start. Fails with local_io.
  Result<void> become_stdin();
  [[nodiscard]] bool empty() const { return octets_ == 0; }

 private:
  explicit TextFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
  std::uint64_t octets_ = 0;
};

}  // namespace mailtool::cli
