/// \file
/// What stands behind the colon of an alias: addresses and stranger things.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::app {

struct AliasItem {
  enum class Kind : std::uint8_t {
    address,    ///< "bob", "bob@example.org"
    include,    ///< ":include:/path": a file of items, one or more a line
    program,    ///< "|command"
    file,       ///< "/path"
    directive,  ///< ":fail: text" and its kin
  };

  Kind kind = Kind::address;
  std::string text;    ///< the address, the path, the words
  bool final = false;  ///< "\bob": not an alias, whatever it looks like
};

/// The items of a value, or of a file that is included, whose line ends are
/// commas too. `where` stands before errors. Fails with config on what is no
/// address.
Result<std::vector<AliasItem>> parse_alias_items(std::string_view text,
                                                 const std::string& where);

/// The whole of a file; /dev/null is an empty one. Fails with config: it cannot
/// be read, is larger, or no regular file.
Result<std::string> read_alias_file(const std::string& path,
                                    std::size_t max_octets);

/// `line` up to a "#" that stands at its start or behind a blank, not quoted.
[[nodiscard]] std::string_view without_comment(std::string_view line);
/// Where `c` first stands outside double quotes; npos: nowhere.
[[nodiscard]] std::size_t find_outside_quotes(std::string_view text, char c);
/// The content of a quoted string; anything else as it is.
[[nodiscard]] std::string unquoted(std::string_view text);

}  // namespace mailtool::app
