/// \file
/// ServerMemory: what one POP3 session learns of a server that spares the next
/// one a round trip.
#pragma once

#include <cstdint>
#include <optional>

#include "mailtool/pop3/capability.h"

namespace mailtool::client {

/// What a trial showed.
enum class Finding : std::uint8_t { unknown, yes, no };

/// What is remembered of one server. All of it is a guess about the server of
/// today: whatever turns out otherwise is asked again.
struct ServerMemory {
  /// True when the login went over TLS; it says nothing about one in clear
  /// text, nor the other way round.
  bool tls = false;
  pop3::Capabilities before_login;
  /// nullopt: not asked for.
  std::optional<pop3::Capabilities> after_login;
  /// Whether a server that does not announce PIPELINING does it all the same.
  Finding pipelines = Finding::unknown;
  /// AUTH takes no initial response; the server wants to ask for it.
  bool no_initial_response = false;

  friend bool operator==(const ServerMemory&, const ServerMemory&) = default;
};

}  // namespace mailtool::client
