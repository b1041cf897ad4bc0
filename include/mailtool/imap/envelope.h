/// \file
/// Envelope: the headers a server has parsed for us (RFC 9051 section 7.5.2).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mailtool/imap/value.h"

namespace mailtool::imap {

/// One address. In a group, `host` is absent: the element with a mailbox opens
/// it and names it, the one without closes it.
struct Address {
  std::optional<std::string> name;  ///< may hold encoded words (RFC 2047)
  std::optional<std::string> route;
  std::optional<std::string> mailbox;
  std::optional<std::string> host;
  friend bool operator==(const Address&, const Address&) = default;
};

/// Strings are the message's octets: undecoded, of any charset, nullopt for
/// NIL. A field that could not be read is empty and named in the warnings.
struct Envelope {
  std::optional<std::string> date;
  std::optional<std::string> subject;
  std::vector<Address> from, sender, reply_to, to, cc, bcc;
  std::optional<std::string> in_reply_to;
  std::optional<std::string> message_id;
  friend bool operator==(const Envelope&, const Envelope&) = default;
};

/// Reads what can be read; says in `warnings` what could not.
[[nodiscard]] Envelope read_envelope(Value value,
                                     std::vector<std::string>& warnings);

}  // namespace mailtool::imap
