#include "mailtool/base/error.h"

namespace mailtool {

Error Error::at(std::string_view doing) && {
  if (step.empty()) step = doing;
  return std::move(*this);
}

Error Error::with_hint(std::string_view advice) && {
  if (hint.empty()) hint = advice;
  return std::move(*this);
}

std::string Error::one_line() const {
  std::string line = step;
  if (!line.empty() && !what.empty()) line += ": ";
  line += what;
  if (!server_said.empty()) {
    if (!line.empty()) line += ": ";
    line += "server said: " + server_said;
  }
  return line;
}

}  // namespace mailtool
