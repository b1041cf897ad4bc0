/// \file
/// What STATUS tells of a mailbox: RFC 9051 sections 6.3.11 and 7.3.4, RFC
/// 8438, RFC 7889, RFC 7162.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/imap/mailbox_name.h"
#include "mailtool/imap/value.h"
#include "mailtool/serve/mailbox.h"

namespace mailtool::serve {

enum class StatusItem : std::uint8_t {
  messages,
  uidnext,
  uidvalidity,
  unseen,
  deleted,
  size,
  append_limit,
  highest_modseq,
  recent,
};

/// Each once. nullopt for what is no list of items: an empty one, or one with
/// what is none. RECENT is none once `rev2` is enabled.
[[nodiscard]] std::optional<std::vector<StatusItem>> parse_status_items(
    imap::Value list, bool rev2);

/// "* STATUS name (items)". `append_limit`: octets that a message may have.
void put_status(std::string& out, std::string_view name,
                imap::NameEncoding encoding,
                const std::vector<StatusItem>& items, Mailbox& mailbox,
                std::uint64_t append_limit);

}  // namespace mailtool::serve
