// mailtool: from argv to one use case, and from its result to a status.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/config.h"
#include "app/quantity.h"
#include "app/signals.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/make_invocation.h"
#include "cli/manual.h"
#include "cli/parse_line.h"
#include "cli/personality.h"
#include "cli/process_setup.h"
#include "cli/terminal.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

using app::ExitStatus;
using Invocations = std::vector<app::Invocation>;
using app::Output;

std::optional<std::string> from_environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (!value) return std::nullopt;
  return std::string(value);
}

std::string name_of(const app::Command* command) {
  return command ? std::string(command->name) : "";
}

ExitStatus fail(const std::string& command, const Error& error) {
  app::report_error(command, error);
  return app::exit_status(error.kind);
}

ExitStatus print(std::string_view text) {
  Output out(STDOUT_FILENO);
  auto written = out.write(text);
  if (written) written = out.flush();
  return written ? ExitStatus::ok : fail("", written.error());
}

ExitStatus explain(const ParsedLine& line) {
  const auto* command = line.command;
  // "mailtool help" may open a page; --help answers at once.
  const bool may_open_manual = !line.options.has("help") && !line.verb;
  const auto terminal = look_at_terminal(from_environment);
  if (may_open_manual && terminal.stdout_is_terminal) {
    open_manual(command ? "mailtool-" + name_of(command) : "mailtool");
  }
  const auto columns = static_cast<std::size_t>(terminal.columns);
  if (line.verb) return print(verb_help(*command, *line.verb, columns));
  return print(command ? command_help(*command, columns)
                       : program_help(columns));
}

Result<ExitStatus> dispatch(Invocations& invocations, Output& out) {
  const auto& invocation = invocations.front();
  if (invocation.command == "send") return app::send(invocation, out);
  if (invocation.command == "fetch") return app::fetch(invocations, out);
  if (invocation.command == "imap") return app::imap(invocation, out);
  if (invocation.command == "parse") return app::parse(invocation, out);
  if (invocation.command == "queue") return app::queue(invocation, out);
  if (invocation.command == "serve") return app::serve(invocation, out);
  if (invocation.command == "wait") return app::wait(invocation, out);
  return Error{ErrorKind::internal, "a command without a use case"};
}

using Run = std::function<Result<ExitStatus>(Invocations&, Output&)>;

// Until when the process as a whole may wait: as long as its slowest account.
void limit_by_deadline(const Invocations& invocations) {
  std::chrono::seconds longest{0};
  for (const auto& invocation : invocations) {
    // One that is wrong is told of where it is used.
    const auto text = invocation.options.get("deadline");
    const auto whole =
        text ? app::parse_duration(*text) : std::chrono::seconds(0);
    if (!whole || whole->count() == 0) return;
    longest = std::max(longest, *whole);
  }
  app::limit_run(longest);
}

ExitStatus run_command(ParsedLine line, const std::string& command,
                       const Run& run = dispatch) {
  auto invocations = make_invocations(std::move(line), from_environment);
  if (!invocations) return fail(command, invocations.error());

  app::catch_signals();
  limit_by_deadline(*invocations);
  Output out(STDOUT_FILENO);
  auto done = run(*invocations, out);
  const auto flushed = out.flush();

  // Everything is cleaned up and consistent by now: the shell shall see that
  // it was the signal, and not a failure, that ended the run.
  const int signal = app::caught_signal();
  const bool stopped = done ? *done != ExitStatus::ok
                            : done.error().kind == ErrorKind::interrupted;
  if (signal != 0 && stopped) app::die_of(signal);

  if (!done) return fail(command, done.error());
  if (!flushed) {
    return app::combine(fail(command, flushed.error()), *done);
  }
  return *done;
}

ExitStatus run(const std::vector<std::string>& words) {
  if (!words.empty() && words[0] == "__complete") {
    std::span<const std::string> rest(words);
    rest = rest.subspan(words.size() > 1 && words[1] == "--" ? 2 : 1);
    return print(complete(rest, from_environment));
  }
  auto line = parse_line(words);
  if (!line.verdict) {
    if (words.empty()) {
      const auto terminal = look_at_terminal(from_environment);
      const auto text = usage(static_cast<std::size_t>(terminal.columns));
      (void)!::write(STDERR_FILENO, text.data(), text.size());
      return ExitStatus::usage;
    }
    return fail(name_of(line.command), line.verdict.error());
  }
  switch (line.wish) {
    case ParsedLine::Wish::version: return print(version_line());
    case ParsedLine::Wish::help: return explain(line);
    case ParsedLine::Wish::run: break;
  }
  const auto command = name_of(line.command);
  return run_command(std::move(line), command);
}

// Called as sendmail, mailq or mail.
ExitStatus run_as(Personality personality, std::span<const std::string> words) {
  const auto line = personality == Personality::mail
                        ? read_mail_line(words)
                        : read_sendmail_line(words, personality);
  const std::string name(name_of(personality));
  if (!line.line.verdict) return fail(name, line.line.verdict.error());
  switch (line.line.wish) {
    case ParsedLine::Wish::version: return print(version_line());
    case ParsedLine::Wish::help:
      open_manual("mailtool-sendmail");
      return explain(line.line);
    case ParsedLine::Wish::run: break;
  }
  return run_command(line.line, name, [&line](Invocations& them, Output& out) {
    return run_personality(line, from_environment, them.front(), out);
  });
}

}  // namespace
}  // namespace mailtool::cli

// Nothing of ours throws. What arrives here is the standard library or a bug,
// and neither may end in std::terminate.
int main(int argc, char** argv) try {
  mailtool::cli::prepare_process();
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) words.emplace_back(argv[i]);
  using mailtool::cli::Personality;
  const auto personality =
      mailtool::cli::personality_of(argc > 0 ? argv[0] : "");
  if (personality != Personality::mailtool) {
    return static_cast<int>(mailtool::cli::run_as(personality, words));
  }
  return static_cast<int>(mailtool::cli::run(words));
} catch (const std::bad_alloc&) {
  mailtool::app::warn("", "out of memory");
  return static_cast<int>(mailtool::app::ExitStatus::os_err);
} catch (const std::exception& bug) {
  mailtool::app::warn("", "internal error: " + mailtool::printable(bug.what()));
  return static_cast<int>(mailtool::app::ExitStatus::software);
}
