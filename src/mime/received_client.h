// What a host noted about its client, in the comments of a Received field.
#pragma once

#include <string_view>

#include "mailtool/mime/received.h"

namespace mailtool::mime {

// The address in `text`, which may stand in brackets, with "IPv6:" or a port;
// empty when there is none.
[[nodiscard]] std::string_view ip_address_in(std::string_view text) noexcept;

// Takes what a comment behind "from" says: "(rdns [192.0.2.1])", "(HELO x)",
// "([192.0.2.1] helo=x)", "(192.0.2.1)", "(ident@rdns [192.0.2.1])".
void read_client_comment(std::string_view comment, Received& into);

}  // namespace mailtool::mime
