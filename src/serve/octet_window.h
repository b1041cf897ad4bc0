/// \file
/// OctetWindow: octets of which any part can be looked at, a portion at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mailtool/base/seekable_source.h"

namespace mailtool::serve {

class OctetWindow {
 public:
  /// The most that is held of anything.
  static constexpr std::size_t kOctets = std::size_t{32} * 1024;

  virtual ~OctetWindow() = default;
  /// Those from `offset` on that are at hand: one at least, none at the end.
  /// Valid until the next call. Fails as the disk does.
  virtual Result<std::string_view> at(std::uint64_t offset) = 0;
};

/// Of a text in memory.
class TextWindow : public OctetWindow {
 public:
  explicit TextWindow(std::string text) : text_(std::move(text)) {}
  Result<std::string_view> at(std::uint64_t offset) override {
    const auto begin = std::min<std::uint64_t>(offset, text_.size());
    return std::string_view(text_).substr(static_cast<std::size_t>(begin));
  }

 private:
  std::string text_;
};

/// Of a Source: it is read on where it stands, if that is what is looked at.
class SourceWindow : public OctetWindow {
 public:
  /// Holds `held` octets at a time, at least one.
  SourceWindow(std::unique_ptr<SeekableSource> source, std::size_t held)
      : source_(std::move(source)), held_(held) {}
  Result<std::string_view> at(std::uint64_t offset) override;

 private:
  std::unique_ptr<SeekableSource> source_;
  std::size_t held_;
  std::string octets_;
  std::uint64_t begin_ = 0;  // of octets_
};

}  // namespace mailtool::serve
