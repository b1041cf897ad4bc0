#include "app/program_words.h"

extern char** environ;

namespace mailtool::app {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  for (const auto& word : words) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> environment_but(
    const std::function<bool(std::string_view line)>& left_out) {
  std::vector<std::string> lines;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) {
    if (!left_out(*line)) lines.emplace_back(*line);
  }
  return lines;
}

}  // namespace mailtool::app
