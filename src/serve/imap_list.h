/// \file
/// LIST: RFC 9051 sections 6.3.9 and 7.3.1, with LIST-EXTENDED (5258),
/// SPECIAL-USE (6154) and LIST-STATUS (5819); LSUB of RFC 3501 section 6.3.9.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mailtool/imap/mailbox_name.h"
#include "mailtool/imap/value.h"
#include "serve/imap_hierarchy.h"
#include "serve/imap_status.h"

namespace mailtool::serve {

/// Patterns of one LIST, together: so many, of so many octets.
inline constexpr std::size_t kMaxListPatterns = 100;
inline constexpr std::size_t kMaxPatternOctets = 1024;

struct ListQuestion {
  std::vector<ListPattern> patterns;
  bool extended = false;  ///< it has what RFC 3501 does not know
  bool root = false;      ///< only the delimiter is asked for
  // Selection.
  bool only_subscribed = false;
  bool only_special_use = false;
  bool recursive_match = false;
  // Return.
  bool show_subscribed = false;
  std::optional<std::vector<StatusItem>> status;
};

/// Of what stands behind LIST: the question, or what is wrong with it.
[[nodiscard]] std::variant<ListQuestion, std::string_view> parse_list(
    imap::Value arguments, imap::NameEncoding encoding, bool rev2);

/// A line of the answer.
struct ListAnswer {
  std::size_t name;  ///< index of the ListedName
  bool meant;        ///< it is what was asked for, itself
  bool child_info;   ///< mailboxes below it are what was asked for
};
/// What fits, in the order of `names`.
[[nodiscard]] std::vector<ListAnswer> select_names(
    const ListQuestion& question, const std::vector<ListedName>& names);

/// "* LIST (…) …".
void put_list(std::string& out, const ListQuestion& question,
              const ListedName& name, bool child_info,
              imap::NameEncoding encoding, bool rev2);

}  // namespace mailtool::serve
