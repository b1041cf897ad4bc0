// Property: any words are a line of sendmail and of mail, or a usage error of
// one line; and no line end gets into an option or a recipient. The words stand
// one a line, "\n" in them as 0x01.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "cli/personality.h"
#include "mailtool/base/ascii.h"

using namespace mailtool;

namespace {

void check(const cli::PersonalityLine& read) {
  const auto& line = read.line;
  if (!line.verdict) {
    if (line.verdict.error().kind != ErrorKind::usage) std::abort();
    if (has_line_break_or_nul(line.verdict.error().one_line())) std::abort();
    return;
  }
  if (line.wish != cli::ParsedLine::Wish::run) return;
  if (has_line_break_or_nul(read.full_name)) std::abort();
  for (const auto* option : app::options_of(*line.command)) {
    for (const auto& value : line.options.all(option->name)) {
      if (has_line_break_or_nul(value)) std::abort();
    }
  }
  for (const auto& argument : line.arguments) {
    if (has_line_break_or_nul(argument)) std::abort();
  }
  for (const auto& note : read.notes) {
    if (has_line_break_or_nul(note)) std::abort();
  }
  auto options = line.options;
  const auto done =
      cli::complete_sender(read, {"root", "Root"}, "h.example", options);
  if (done && !options.has("envelope-from")) std::abort();
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
  check(cli::read_sendmail_line(words, cli::Personality::sendmail));
  check(cli::read_sendmail_line(words, cli::Personality::mailq));
  check(cli::read_mail_line(words));
  return 0;
}
