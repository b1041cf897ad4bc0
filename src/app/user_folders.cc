#include "app/user_folders.h"

#include <cstdlib>

namespace mailtool::app {

Result<std::string> user_state_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && state[0] == '/') {
    return std::string(state) + "/mailtool";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] != '/') {
    return Error{ErrorKind::config, "neither XDG_STATE_HOME nor HOME is set"};
  }
  return std::string(home) + "/.local/state/mailtool";
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
