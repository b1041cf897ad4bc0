/// \file
/// Received: what each host on the way noted. RFC 5321 section 4.4.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mailtool/mime/date_time.h"

namespace mailtool::mime {

/// One Received field. UTF-8 on one line without controls; empty is: not said.
struct Received {
  std::string from;         ///< the word after "from"
  std::string helo;         ///< what the client called itself
  std::string reverse_dns;  ///< what the host found for the client's address
  std::string ip;           ///< the client's address: "192.0.2.1", "2001:db8::1"
  std::string by;
  std::string via;
  std::string with;           ///< "ESMTPS"; may be several words
  std::string id;             ///< without angle brackets
  std::string for_recipient;  ///< "for", without angle brackets
  std::optional<DateTime> date;
};

/// Reads the value of a Received field, folded or not, in linear time. Never
/// fails: the forms of servers differ, and what is not understood is left out.
/// What is longer than 1000 octets in one clause is cut off.
[[nodiscard]] Received parse_received(std::string_view value);

/// As above, replacing what `into` holds and reusing its storage.
void parse_received(std::string_view value, Received& into);

}  // namespace mailtool::mime
