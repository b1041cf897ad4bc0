/// \file
/// What a refusal means: the one place where an SMTP reply becomes an Error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/base/error.h"
#include "mailtool/client/smtp_delivery.h"
#include "mailtool/smtp/reply.h"

namespace mailtool::client {

/// What the reply answers: the same code means different things after each.
enum class SmtpStep : std::uint8_t {
  greeting, hello, starttls, auth, mail, recipient, data, body, reset
};

/// The Error of a reply that is not the one hoped for. A reply of a class that
/// makes no sense here (250 instead of 354) is a protocol error.
[[nodiscard]] Error refusal(SmtpStep step, const smtp::Reply& reply,
                            std::string_view doing);

/// True when the server takes no more recipients in this transaction, though
/// it has taken some: x.5.3; without a code that says why, 452, and 552 as
/// RFC 5321 4.5.3.1.10 has it.
[[nodiscard]] bool too_many_recipients(const smtp::Reply& reply,
                                       bool some_accepted);

/// Whether trying again may help.
[[nodiscard]] Outcome outcome_of(ErrorKind kind);

}  // namespace mailtool::client
