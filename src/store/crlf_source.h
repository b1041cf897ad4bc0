/// \file
/// CrlfSource: a text with LF line ends, read with CRLF.
#pragma once

#include <memory>
#include <string>

#include "mailtool/base/sink.h"

namespace mailtool::store {

/// LF without CR before it becomes CRLF; all else stays.
class CrlfSource : public Source {
 public:
  explicit CrlfSource(std::unique_ptr<Source> inner)
      : inner_(std::move(inner)) {}
  Result<std::size_t> read_some(std::span<char> into) override;

 private:
  std::unique_ptr<Source> inner_;
  std::string ready_;  // converted, and not yet handed out
  std::size_t begin_ = 0;
  bool cr_ = false;
};

}  // namespace mailtool::store
