#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "cli/ask_secret.h"
#include "cli/locale_charset.h"
#include "cli/text_layout.h"
#include "mailtool/base/ascii.h"

namespace mailtool::cli {
namespace {

constexpr int kNarrowest = 20;
constexpr int kWidest = 1000;

int terminal_columns(const app::Environment& environment) {
  if (const auto set = environment("COLUMNS")) {
    if (const auto columns = parse_number(*set, kWidest)) {
      return std::max(kNarrowest, static_cast<int>(*columns));
    }
  }
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    struct winsize size {};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
      return std::clamp(static_cast<int>(size.ws_col), kNarrowest, kWidest);
    }
  }
  return 80;
}

}  // namespace

Terminal look_at_terminal(const app::Environment& environment) {
  Terminal terminal;
  terminal.stdin_is_terminal = ::isatty(STDIN_FILENO) == 1;
  terminal.stdout_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  terminal.stderr_is_terminal = ::isatty(STDERR_FILENO) == 1;
  terminal.columns = terminal_columns(environment);
  const auto type = environment("TERM").value_or("");
  terminal.dumb = type.empty() || type == "dumb";
  return terminal;
}

void apply_terminal(const Terminal& terminal,
                    const app::Environment& environment,
                    app::Invocation& invocation) {
  invocation.stdin_is_terminal = terminal.stdin_is_terminal;
  invocation.stdout_is_terminal = terminal.stdout_is_terminal;
  invocation.stderr_is_terminal = terminal.stderr_is_terminal;
  invocation.terminal_columns = terminal.columns;
  invocation.utf8_locale = locale_is_utf8(environment);
  invocation.display_width = display_width;
  invocation.ask_secret = ask_secret;

  const auto color = invocation.options.get_or("color", "auto");
  const bool no_color = !environment("NO_COLOR").value_or("").empty();
  invocation.stdout_color =
      color == "always" || (color == "auto" && terminal.stdout_is_terminal &&
                            !terminal.dumb && !no_color);

  const auto progress = invocation.options.get_or("progress", "auto");
  invocation.progress =
      progress == "always" ||
      (progress == "auto" && terminal.stderr_is_terminal && !terminal.dumb &&
       !invocation.quiet() && !invocation.verbose());
}

}  // namespace mailtool::cli
