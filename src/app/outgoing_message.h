/// \file
/// OutgoingMessage: a finished message and its envelope, on its way to servers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/message_content.h"
#include "mailtool/smtp/command.h"

namespace mailtool::app {

/// What RFC 3461 lets the sender ask for.
struct DsnRequest {
  smtp::DsnNotify notify;
  smtp::DsnReturn ret = smtp::DsnReturn::unspecified;
  std::string envelope_id;  ///< ENVID; empty: none
};

/// A finished message with CRLF line ends, and its envelope (RFC 5321
/// section 2.3.1).
struct OutgoingMessage {
  std::unique_ptr<MessageContent> content;
  /// How errors name it: "list.mbox, message 3"; empty when there is only one.
  std::string source;
  bool needs_smtputf8 = false;  ///< a header field is not ASCII
  std::string message_id;       ///< with its angle brackets
  std::string subject;          ///< decoded UTF-8; for people
  std::string from_domain;      ///< of the first address of From
  std::string envelope_from;    ///< empty: the null sender
  std::vector<std::string> recipients;  ///< each once, in order
  DsnRequest dsn;
};

}  // namespace mailtool::app
