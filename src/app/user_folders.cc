#include "app/user_folders.h"

#include <cstdlib>

namespace mailtool::app {
namespace {

Result<std::string> user_folder(const char* variable, const char* in_home) {
  const char* folder = std::getenv(variable);
  if (folder != nullptr && folder[0] == '/') {
    return std::string(folder) + "/mailtool";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] != '/') {
    return Error{ErrorKind::config,
                 std::string("neither ") + variable + " nor HOME is set"};
  }
  return std::string(home) + in_home + "/mailtool";
}

}  // namespace

Result<std::string> user_state_folder() {
  return user_folder("XDG_STATE_HOME", "/.local/state");
}

Result<std::string> user_data_folder() {
  return user_folder("XDG_DATA_HOME", "/.local/share");
}

std::string expand_home_behind_word(std::string_view text) {
  const auto colon = text.find(':');
  const char* home = std::getenv("HOME");
  if (colon == text.npos || !text.substr(colon).starts_with(":~/") || !home) {
    return std::string(text);
  }
  std::string expanded(text);
  return expanded.replace(colon + 1, 1, home);
}

}  // namespace mailtool::app
