/// \file
/// SecretLines: what a client and a server say, without secrets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/serve/fault_rules.h"
#include "mailtool/serve/session.h"

namespace mailtool::serve {

/// Of AUTH, PASS, APOP, LOGIN and AUTHENTICATE the arguments become "****",
/// whether they stand where they should or not, and so do the lines and literals
/// that belong to them. Behind the first of these a line that is no command is
/// masked, too: a client that does not wait sends passwords to a server that
/// has refused to ask for them. Messages are shown as they are.
class SecretLines {
 public:
  explicit SecretLines(Protocols protocol) : protocol_(protocol) {}

  /// What may be shown of `octets`, which are of `kind` and at most one line,
  /// or a part of one; of Kind::octets any. A line is kept back until it is
  /// known what it begins with.
  [[nodiscard]] std::string client(std::string_view octets,
                                   Upcoming::Kind kind);
  /// What may be shown of what the server says: where it asks for a secret what
  /// it asks is masked, since passwords can be tried on what SCRAM proves; and
  /// so is a tag that is a word of a line that was masked.
  [[nodiscard]] std::string server(std::string_view octets, bool asks);
  /// What is still kept back, where nothing more will come.
  [[nodiscard]] std::string rest();

 private:
  static constexpr std::size_t kHead = 512;
  static constexpr std::size_t kTag = 128;
  static constexpr std::size_t kTags = 64;

  [[nodiscard]] std::string begin_line();
  [[nodiscard]] std::string begin_command();
  [[nodiscard]] bool is_command() const;
  void remember_tag();
  [[nodiscard]] std::string begin_answer(std::string_view line, bool asks);
  [[nodiscard]] bool is_masked_tag(std::string_view line) const;

  Protocols protocol_;
  // The client's line.
  Upcoming::Kind kind_ = Upcoming::Kind::command;  // of its beginning
  std::string head_;         // so far, while it is not known what it is
  bool known_ = false;       // what it is
  bool masks_ = false;       // it, from here on
  bool in_secret_ = false;   // the command that it is of is masked
  bool unfinished_ = false;  // octets were shown that ended no line
  bool armed_ = false;       // there was a login
  std::vector<std::string> tags_;  // of lines that were masked
  // The server's line.
  bool goes_on_ = false;
  bool hides_ = false;  // its rest
};

}  // namespace mailtool::serve
