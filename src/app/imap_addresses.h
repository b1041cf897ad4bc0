/// \file
/// Addresses and texts of an ENVELOPE, as they are told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/json.h"
#include "mailtool/imap/response.h"

namespace mailtool::app {

/// Encoded words decoded; "" for none.
[[nodiscard]] std::string decoded(const std::optional<std::string>& raw);

/// "bob@hamburger.example"; "bob" where there is no host, "" where there is
/// nothing.
[[nodiscard]] std::string address_text(const imap::Address& address);

/// False for what opens and closes a group (RFC 9051 section 7.5.2).
[[nodiscard]] bool is_address(const imap::Address& address);

/// [{"name": …, "address": …}], at most `most` of them.
void write_addresses(JsonWriter& json, std::string_view name,
                     const std::vector<imap::Address>& addresses,
                     std::size_t most = SIZE_MAX);

}  // namespace mailtool::app
