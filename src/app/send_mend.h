/// \file
/// What must change in a ready message before any server may have it.
#pragma once

#include <memory>

#include "app/invocation.h"
#include "app/outgoing_message.h"
#include "mailtool/mime/ready_message.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// Makes `spool`, a ready message with CRLF line ends, the content of
/// `message`, and finds out what it needs of a server.
///
/// NUL, bare CR and lines over 998 octets may stand in parts labelled binary
/// alone (RFC 2045 section 2.9): elsewhere they are encoded with --fix, else
/// refused. Header text that is raw UTF-8 becomes RFC 2047 where it means the
/// same, and a domain its A-labels, so that no server on the way must know
/// SMTPUTF8 for it. What is signed stays as it is. With -v each change is told.
///
/// Fails with bad_input, naming the line, and with local_io.
Result<void> settle_content(const Invocation& invocation,
                            const mime::MessageScan& scan,
                            std::unique_ptr<store::Spool> spool,
                            OutgoingMessage& message);

}  // namespace mailtool::app
