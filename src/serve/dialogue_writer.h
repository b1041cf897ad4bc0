/// \file
/// DialogueWriter: the dialogue of a session, in the form of tests/dialogue.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::serve {

/// "C: " and "S: " before each line, which is made printable as it comes, so
/// that lines of any length are whole and none is held. What one side has begun
/// when the other speaks is a line of its own. Never fails: where the sink does
/// nothing more is written.
class DialogueWriter {
 public:
  explicit DialogueWriter(std::unique_ptr<Sink> sink)
      : sink_(std::move(sink)) {}
  ~DialogueWriter();
  DialogueWriter(const DialogueWriter&) = delete;
  DialogueWriter& operator=(const DialogueWriter&) = delete;

  void client(std::string_view octets) { add('C', octets); }
  void server(std::string_view octets) { add('S', octets); }
  void event(std::string_view what);  ///< "<TLS negotiation>"

 private:
  void add(char side, std::string_view octets);
  void show(std::string_view octets, bool ends);
  void end_line();
  void write();

  std::unique_ptr<Sink> sink_;
  char side_ = 0;          // whose line has begun; 0: nobody's
  std::string kept_back_;  // a CR, or a part of a character: 4 octets at most
  std::string text_;       // made, and not written
  bool broken_ = false;
};

}  // namespace mailtool::serve
