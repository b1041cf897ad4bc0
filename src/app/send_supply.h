/// \file
/// The messages that one run of `send` sends, one after another.
#pragma once

#include "app/invocation.h"
#include "app/outgoing_message.h"

namespace mailtool::app {

/// Takes the messages as they become ready.
class MessageTaker {
 public:
  virtual ~MessageTaker() = default;
  /// An Error ends the run.
  virtual Result<void> take(OutgoingMessage message) = 0;
  /// One message cannot be sent as it is, or cannot be read; the others can.
  virtual void failed(Error error) = 0;
};

/// Composes a message, takes a ready one from stdin, or those of each
/// --message: a file, an mbox, a Maildir or another folder of messages. No more
/// than one message is held, and that in a Spool.
///
/// Fails with what keeps every message from being sent: usage, no_input,
/// local_io, cannot_create, interrupted; with bad_input where there is one
/// message alone; and as `taker` does.
Result<void> supply_messages(const Invocation& invocation, MessageTaker& taker);

}  // namespace mailtool::app
