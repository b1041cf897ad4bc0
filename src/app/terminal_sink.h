/// \file
/// TerminalSink: text of a message on its way to a terminal.
#pragma once

#include <string>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Passes UTF-8 text on with every control but the line end made printable.
/// Holds back at most one cut-off character; finish() releases it.
class TerminalSink : public Sink {
 public:
  explicit TerminalSink(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish();

 private:
  Result<void> pass(std::string_view text);

  Sink& out_;
  std::string held_;
};

}  // namespace mailtool::app
