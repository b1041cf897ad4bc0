/// \file
/// SecretLines: what a client sends, without its secrets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/serve/fault_rules.h"

namespace mailtool::serve {

/// Line by line: of AUTH, PASS, LOGIN and AUTHENTICATE the arguments become
/// "****", and so do the lines and literals that belong to them. Whether it is
/// a command or a line of a message that looks like one makes no difference:
/// too much is masked rather than too little.
class SecretLines {
 public:
  explicit SecretLines(Protocols protocol) : protocol_(protocol) {}

  /// What may be shown of `octets`, which come in any portions. A line is kept
  /// back until it is known what it begins with.
  [[nodiscard]] std::string client(std::string_view octets);
  /// What may be shown of what the server says, in whole lines while an exchange
  /// goes on: where it asks for more, what it asks is masked, since passwords
  /// can be tried on what SCRAM proves.
  [[nodiscard]] std::string server(std::string_view octets);
  /// What is still kept back, where nothing more will come.
  [[nodiscard]] std::string rest();

 private:
  static constexpr std::size_t kHead = 512;
  [[nodiscard]] std::string begin_line();
  void end_line();
  void hear(std::string_view octets);
  [[nodiscard]] bool asks_for_secret(std::string_view line) const;

  Protocols protocol_;
  std::string head_;       // the line so far, while it is not known what it is
  bool known_ = false;     // what the line is
  bool masks_ = false;     // it, from here on
  bool exchange_ = false;  // an authentication is going on
  // One has begun, and may go on behind the answers to commands before it.
  bool armed_ = false;
  bool asked_ = false;    // the server, for more of it
  std::string auth_tag_;  // of IMAP
  std::string tail_;       // the last octets of a masked line of IMAP: {12}
  std::uint64_t literal_ = 0;  // octets of a literal that are to come
  bool in_command_ = false;    // a masked command of IMAP goes on behind one
  static constexpr std::size_t kSaid = 128;  // a tag, and more
  std::string said_;  // the last line of the server, as far as it matters
};

}  // namespace mailtool::serve
