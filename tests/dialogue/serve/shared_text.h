/// \file
/// SharedText: what a session has written down, for the test that looks at it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "mailtool/base/sink.h"

namespace mailtool::serve {

/// Appends to a text that it shares: the session that owns it may end first.
class SharedText : public Sink {
 public:
  explicit SharedText(std::shared_ptr<std::string> text)
      : text_(std::move(text)) {}
  Result<void> write(std::string_view octets) override {
    *text_ += octets;
    return {};
  }

 private:
  std::shared_ptr<std::string> text_;
};

}  // namespace mailtool::serve
