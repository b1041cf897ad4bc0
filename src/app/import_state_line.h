/// \file
/// ImportLine: one line of another tool's state file, taken apart.
#pragma once

#include <ctime>
#include <optional>
#include <string_view>

#include "app/import_state.h"

namespace mailtool::app {

/// What a line says. Views are into the line.
struct ImportLine {
  enum class Kind : std::uint8_t {
    nothing,  ///< a comment, an empty line
    damaged,  ///< no line of this format
    account,  ///< what follows is of user and host
    known,    ///< uid has been fetched; of user and host where they are given
    partial,  ///< uid is known, and has not been fetched whole
  };
  Kind kind = Kind::damaged;
  std::string_view uid;
  std::time_t first_seen = 0;  ///< 0: not known
  std::string_view user;
  std::string_view host;
};

/// Takes the lines of one file in their order, without LF.
class ImportLines {
 public:
  explicit ImportLines(ImportFormat format) : format_(format) {}
  ImportLine parse(std::string_view line);

 private:
  ImportLine mpop(std::string_view line);

  ImportFormat format_;
  bool comments_over_ = false;
};

/// Of getmail, whose files are one account's each, the name of the file says
/// whose: true when it is that of `account`, at any port.
[[nodiscard]] bool getmail_file_is_of(std::string_view name,
                                      const ImportAccount& account);
/// The account in a name that has the form, as far as it can be told.
[[nodiscard]] std::optional<ImportAccount> getmail_account(
    std::string_view name);

}  // namespace mailtool::app
