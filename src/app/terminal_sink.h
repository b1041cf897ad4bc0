/// \file
/// TerminalSink: text of a message on its way to a terminal.
#pragma once

#include <string>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Appends `text`, as far as it is printable ASCII as it stands, else by
/// printable(); all of it, whatever its length.
void append_printable(std::string& to, std::string_view text);

/// Passes UTF-8 text on with every control but the line end made printable;
/// CRLF becomes LF. Printable ASCII is copied at the speed of a vector scan.
/// Holds back at most one cut-off character; finish() releases it.
class TerminalSink : public Sink {
 public:
  explicit TerminalSink(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish();

 private:
  void take(std::string_view text);
  Result<void> hand_on();

  Sink& out_;
  std::string held_;
  std::string shown_;  // on its way to out_
};

}  // namespace mailtool::app
