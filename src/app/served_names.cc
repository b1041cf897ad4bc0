#include "app/served_names.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/imap/mailbox_name.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kDot = "&AC4-";

Error cannot(std::string what) {
  return Error{ErrorKind::rejected, "[CANNOT] " + std::move(what)};
}

// RFC 9051 section 5.1: no controls, and no ends of lines by any name.
bool has_control(std::string_view name) {
  while (!name.empty()) {
    const auto point = next_code_point(name);
    name.remove_prefix(point.octets);
    const auto c = point.value;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) {
      return true;
    }
  }
  return false;
}

void replace_all(std::string& text, std::string_view what,
                 std::string_view by) {
  for (auto at = text.find(what); at != text.npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

Result<std::string> folder_of_name(std::string_view name) {
  if (name.size() > imap::kMaxMailboxName) {
    return cannot("the name is too long");
  }
  if (!is_valid_utf8(name)) return cannot("the name is no UTF-8");
  if (has_control(name)) return cannot("a control character in the name");
  const auto levels = split(name, '/');
  if (levels.size() > kMaxLevels) return cannot("too many levels in the name");
  for (const auto level : levels) {
    if (level.empty()) return cannot("an empty level in the name");
    if (level == "." || level == "..") {
      return cannot("a level that is dots alone");
    }
  }
  if (iequals(levels.front(), "INBOX") &&
      (levels.size() == 1 || levels.front() != "INBOX")) {
    return cannot("INBOX is no other mailbox's name");
  }
  auto folder = imap::encode_modified_utf7(name);
  replace_all(folder, ".", kDot);
  std::replace(folder.begin(), folder.end(), '/', '.');
  if (folder.size() > kMaxFolderName) return cannot("the name is too long");
  return "." + folder;
}

std::optional<std::string> name_of_folder(std::string_view folder) {
  if (!folder.starts_with('.') || folder.size() > kMaxFolderName + 1) {
    return std::nullopt;
  }
  std::string wire(folder.substr(1));
  std::replace(wire.begin(), wire.end(), '.', '/');
  replace_all(wire, kDot, ".");
  auto name = imap::decode_modified_utf7(wire);
  if (!name) return std::nullopt;
  const auto same = folder_of_name(*name);
  if (!same || *same != folder) return std::nullopt;
  return name;
}

bool is_name_below(std::string_view name, std::string_view above) {
  return name.size() > above.size() && name.starts_with(above) &&
         name[above.size()] == '/';
}

}  // namespace mailtool::app
