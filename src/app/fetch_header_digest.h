/// \file
/// HeaderDigester: recognises a message by its header, whether it came by RETR
/// or by TOP n 0.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/base/sha256.h"

namespace mailtool::app {

/// What a header comes to.
struct HeaderDigest {
  /// Of SHA-256 over the bodies of Message-ID, Date, From, To and Subject (the
  /// first of each, blanks and folding as one space) when there is a
  /// Message-ID: then odd. Else of `whole`, and even. Never 0, which may stand
  /// for unknown.
  std::uint64_t value = 0;
  /// All lines of the header, each ended by LF.
  Sha256::Digest whole{};
};

/// Takes the octets of one message as they come, in any split, and looks at
/// them up to the empty line. Lines end in CRLF or LF; any other CR is content.
/// Memory does not grow with the header.
class HeaderDigester {
 public:
  /// How many of the octets it looked at: fewer than all where the header ends
  /// among them.
  std::size_t update(std::string_view octets);
  /// True once the empty line has come: what follows is not looked at.
  [[nodiscard]] bool done() const { return done_; }
  /// Of what has come.
  [[nodiscard]] bool has_message_id() const { return bodies_[0].begun; }
  /// The end of the message, or of what is of interest of it: a last line
  /// without its end counts as one. The object is spent: assign a new one.
  [[nodiscard]] HeaderDigest finish();

 private:
  static constexpr std::size_t kFields = 5;
  static constexpr std::size_t kNameOctets = 16;

  // The body of a field: runs of blanks as one space, none at the ends.
  struct Body {
    Sha256 hash;
    bool begun = false;
    bool blank = false;  // one came, and nothing after it
    void update(std::string_view text);
  };

  void part_of_line(std::string_view text);
  void begin_line(char first);
  void take(std::string_view text);
  void end_line();
  void name_ended();

  Sha256 whole_;
  std::array<Body, kFields> bodies_;
  std::array<bool, kFields> present_{};
  std::string name_;      // of the field that begins, in lower case
  Body* body_ = nullptr;  // of the field under way, where it counts
  bool in_name_ = false;
  bool line_begins_ = true;  // nothing of the line has come
  bool held_cr_ = false;     // the last octet: content unless LF follows
  bool done_ = false;
};

}  // namespace mailtool::app
