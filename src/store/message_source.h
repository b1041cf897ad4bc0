/// \file
/// MessageSource: the file of a message, open for reading.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "mailtool/base/seekable_source.h"
#include "store/system.h"

namespace mailtool::store {

/// The descriptor is another's.
class MessageSource : public SeekableSource {
 public:
  explicit MessageSource(int file) : file_(file) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    while (true) {
      const auto count = ::read(file_, into.data(), into.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return system_error("read", "a message", errno);
    }
  }
  Result<void> seek(std::uint64_t offset) override {
    if (::lseek(file_, static_cast<off_t>(offset), SEEK_SET) >= 0) return {};
    return system_error("seek in", "a message", errno);
  }

 private:
  int file_;
};

/// The descriptor is its own.
class OwnedMessageSource : public SeekableSource {
 public:
  explicit OwnedMessageSource(Descriptor file)
      : file_(std::move(file)), source_(file_.get()) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    return source_.read_some(into);
  }
  Result<void> seek(std::uint64_t offset) override {
    return source_.seek(offset);
  }

 private:
  Descriptor file_;
  MessageSource source_;
};

}  // namespace mailtool::store
