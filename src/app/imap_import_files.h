/// \file
/// The messages of a Maildir, as an import takes them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::app {

struct MaildirFile {
  std::string path;
  std::int64_t modified = 0;  ///< seconds since 1970
  std::uint64_t octets = 0;   ///< on the disk
  std::size_t maildir = 0;    ///< index of its Maildir
};

/// What the small letters in the names of a Maildir's files stand for, as
/// Dovecot has it in the file dovecot-keywords: "0 $Junk".
using MaildirKeywords = std::array<std::string, 26>;
/// Of a Maildir without such a file, none. Lines that are no such are passed
/// over.
[[nodiscard]] MaildirKeywords read_maildir_keywords(const std::string& maildir);

/// The flags that a name in a Maildir says: ":2,FSa".
[[nodiscard]] std::vector<std::string> import_flags(
    std::string_view name, const MaildirKeywords& keywords);

/// The same of `file`, whose Maildir's keywords `of_each` has at its index.
[[nodiscard]] std::vector<std::string> flags_of(
    const MaildirFile& file, const std::vector<MaildirKeywords>& of_each);
/// Has any of them a keyword?
[[nodiscard]] bool have_keywords(const std::vector<MaildirFile>& files,
                                 const std::vector<MaildirKeywords>& of_each);

/// Appends the regular files of new and cur, names that begin with a dot left
/// out. Fails with no_input where it is no Maildir, or local_io.
Result<void> list_maildir(const std::string& maildir, std::size_t number,
                          std::vector<MaildirFile>& into);

}  // namespace mailtool::app
