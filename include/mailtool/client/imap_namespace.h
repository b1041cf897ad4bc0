/// \file
/// The namespace in which a user's own mailboxes lie (RFC 2342).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailtool::client {

struct PersonalNamespace {
  std::string prefix;     ///< UTF-8: "INBOX.", mostly ""
  std::string delimiter;  ///< one octet; "" where there is none
  /// Prefixes of what is not this namespace: others of the user's own, those of
  /// other users and shared ones. UTF-8; "" is one that any name may lie in.
  std::vector<std::string> others = {};
};

/// `name` as it would be called in `space`: with its prefix, unless it has it,
/// and its delimiter for "/". INBOX stays INBOX. UTF-8.
[[nodiscard]] std::string name_within(const PersonalNamespace& space,
                                      std::string_view name);

/// Does `name` begin with the prefix of another namespace, "" aside? "/" counts
/// as any delimiter, and letters in either case; UTF-8.
[[nodiscard]] bool lies_elsewhere(const PersonalNamespace& space,
                                  std::string_view name);

/// May any name lie in another namespace, since that has no prefix?
[[nodiscard]] bool any_may_lie_elsewhere(const PersonalNamespace& space);

}  // namespace mailtool::client
