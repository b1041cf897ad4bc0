/// \file
/// SpoolFile: a message held on disk until it is known to be whole.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::store {

/// A file without a name: it is gone with the process, whatever ends it.
class SpoolFile : public Sink, public Source {
 public:
  /// In folder `folder`. Fails with cannot_create, local_io or system.
  static Result<SpoolFile> create(const std::string& folder);
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile() override;

  Result<void> write(std::string_view octets) override;
  /// Ends writing; read_some() starts at the first octet.
  Result<void> rewind();
  Result<std::size_t> read_some(std::span<char> into) override;
  /// Empties it for the next message.
  Result<void> clear();

 private:
  SpoolFile(std::string folder, int descriptor)
      : folder_(std::move(folder)), descriptor_(descriptor) {}
  Result<void> drain();

  std::string folder_;
  std::string buffer_;
  int descriptor_;
};

}  // namespace mailtool::store
