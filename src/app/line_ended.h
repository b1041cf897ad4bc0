/// \file
/// LineEnded: a text on its way to where the next one follows it.
#pragma once

#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Ends a text with a line end: the one before a delimiter is not the text's
/// (RFC 2046 section 5.1.1). finish() once, behind its last octet.
class LineEnded : public Sink {
 public:
  explicit LineEnded(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override {
    if (!octets.empty()) last_ = octets.back();
    return out_.write(octets);
  }
  Result<void> finish() {
    return last_ == '\n' ? Result<void>{} : out_.write("\n");
  }

 private:
  Sink& out_;
  char last_ = '\n';
};

}  // namespace mailtool::app
