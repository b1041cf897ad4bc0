/// \file
/// The names of a user's mailboxes as a tree, and the patterns that LIST has
/// for them: RFC 9051 section 6.3.9.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/serve/mailbox.h"

namespace mailtool::serve {

/// A name: of a mailbox, of one that was and is subscribed to still, or of a
/// level above such.
struct ListedName {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  MailboxRow row;
  std::size_t above = kNone;  ///< the level above, which stands before it
  bool has_children = false;  ///< there are mailboxes below it
};

/// INBOX first, each name before what is below it. Levels that nobody made are
/// there, too.
[[nodiscard]] std::vector<ListedName> hierarchy(std::vector<MailboxRow> rows);

/// Which have one below them that `fits`, at any depth. Linear.
[[nodiscard]] std::vector<bool> any_below(
    const std::vector<ListedName>& names,
    const std::function<bool(const ListedName&)>& fits);

/// list-wildcards: "*" is anything, "%" anything but the delimiter. Takes at
/// most the product of both lengths, each at most that of a name.
class ListPattern {
 public:
  explicit ListPattern(std::string_view text);
  [[nodiscard]] bool fits(std::string_view name) const;
  /// It ends with "%": levels are asked for.
  [[nodiscard]] bool is_of_levels() const { return text_.ends_with('%'); }

 private:
  std::string text_;  // no wildcard stands beside another
  std::size_t letters_ = 0;
};

}  // namespace mailtool::serve
