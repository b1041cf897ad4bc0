/// \file
/// The namespace in which a user's own mailboxes lie (RFC 2342).
#pragma once

#include <string>
#include <string_view>

namespace mailtool::client {

struct PersonalNamespace {
  std::string prefix;     ///< UTF-8: "INBOX.", mostly ""
  std::string delimiter;  ///< one octet; "" where there is none
};

/// `name` as it would be called in `space`: with its prefix, unless it has it,
/// and its delimiter for "/". INBOX stays INBOX. UTF-8.
[[nodiscard]] std::string name_within(const PersonalNamespace& space,
                                      std::string_view name);

}  // namespace mailtool::client
