/// \file
/// Who a message is from and for: options, arguments and header made one.
#pragma once

#include <string>
#include <vector>

#include "app/invocation.h"
#include "app/outgoing_message.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/ready_message.h"

namespace mailtool::app {

/// The sender: -f, else Sender or From of the message (RFC 6409 section 8.1);
/// the recipients: the arguments and, with -t, those of the header; then
/// complete_envelope(). Fails with usage.
Result<void> set_envelope(const Invocation& invocation,
                          const mime::MessageScan& scan,
                          OutgoingMessage& message);

/// The address of -f ADDR; empty for the null sender. Fails with usage.
Result<std::string> read_envelope_from(const std::string& text);

/// Appends what each argument is: an address, or a list of some. Fails with
/// usage.
Result<void> add_arguments(const std::vector<std::string>& arguments,
                           std::vector<std::string>& recipients);

/// What --domain, --aliases and --dsn say of an envelope whose addresses are as
/// they were named. Fails with usage or config.
Result<void> complete_envelope(const OptionValues& options,
                               OutgoingMessage& message);

/// What stands behind the "@", with A-labels; "localhost" where nothing does.
[[nodiscard]] std::string domain_or_localhost(std::string_view address);

/// --dsn, --dsn-return, --envid. Fails with usage.
Result<DsnRequest> dsn_request(const OptionValues& options);

/// What goes on the wire: domains as A-labels where the local part is ASCII
/// (RFC 5890), and each address judged before anything is connected, so that a
/// typo in the last one does not come to light when the first has been sent. A
/// server may know what to make of "bob"; direct delivery needs a domain.
/// Fails with bad_input.
Result<void> make_envelope_addresses(OutgoingMessage& message, bool direct);

}  // namespace mailtool::app
