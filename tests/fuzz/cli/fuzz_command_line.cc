// Property: any words are a command to run, a wish for help, or a usage error
// of one line; no line end gets into an option or an argument; and completion
// answers every line. The words stand one a line, "\n" in them as 0x01.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "cli/complete.h"
#include "cli/parse_line.h"
#include "mailtool/base/ascii.h"

using namespace mailtool;

namespace {

void check(const cli::ParsedLine& line) {
  if (!line.verdict) {
    if (line.verdict.error().kind != ErrorKind::usage) std::abort();
    if (has_line_break_or_nul(line.verdict.error().one_line())) std::abort();
    return;
  }
  if (line.wish != cli::ParsedLine::Wish::run) return;
  if (!line.command) std::abort();
  for (const auto* option : app::options_of(*line.command)) {
    for (const auto& value : line.options.all(option->name)) {
      if (has_line_break_or_nul(value)) std::abort();
    }
  }
  for (const auto& argument : line.arguments) {
    if (has_line_break_or_nul(argument)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  if (n > 4096) return 0;
  std::vector<std::string> words;
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  for (const auto line : split(text, '\n')) {
    words.emplace_back(line);
    std::replace(words.back().begin(), words.back().end(), '\x01', '\n');
  }
  check(cli::parse_line(words));
  const auto nothing = [](std::string_view) { return std::nullopt; };
  // A --config in the words would open files of this machine.
  for (const auto& word : words) {
    if (word.find("config") != word.npos) return 0;
  }
  if (!cli::complete(words, nothing).ends_with('\n')) std::abort();
  return 0;
}
