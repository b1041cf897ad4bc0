// mailtool parse: what messages are made of.

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <optional>
#include <utility>

#include "app/check_options.h"
#include "app/commands.h"
#include "app/message_dump.h"
#include "app/parse_jobs.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

DumpForm form_of(const OptionValues& options) {
  constexpr std::pair<const char*, DumpForm> kForms[] = {
      {"headers", DumpForm::headers}, {"header", DumpForm::header},
      {"text", DumpForm::text},       {"html", DumpForm::html},
      {"part", DumpForm::part},       {"extract", DumpForm::extract},
      {"count", DumpForm::count},     {"json", DumpForm::json}};
  for (const auto& [name, form] : kForms) {
    if (options.has(name)) return form;
  }
  return DumpForm::tree;
}

Result<DumpOptions> dump_options(const Invocation& invocation) {
  const auto& options = invocation.options;
  if (auto checked = check_selection(options); !checked) {
    return std::move(checked).error();
  }
  auto limits = limits_of(options);
  if (!limits) return std::move(limits).error();
  DumpOptions dump;
  dump.form = form_of(options);
  dump.limits = *limits;
  for (const auto& name : options.all("header")) dump.headers.push_back(name);
  dump.part = options.get("part").value_or("");
  dump.raw = options.has("raw");
  dump.folder = options.get("extract").value_or("");
  dump.strict = options.has("strict");
  dump.dry_run = invocation.dry_run();
  dump.to_terminal = invocation.stdout_is_terminal;
  dump.json_files = invocation.json();
  dump.style.color = invocation.stdout_color;
  dump.style.ascii = !invocation.utf8_locale;
  dump.style.width = invocation.display_width;
  if (invocation.stdout_is_terminal) {
    dump.style.columns = static_cast<std::size_t>(invocation.terminal_columns);
  }
  if (auto added = add_check_options(invocation, dump); !added) {
    return std::move(added).error();
  }
  return dump;
}

// --jobs. Without it one small input is not worth a thread.
Result<unsigned> jobs_of(const Invocation& invocation) {
  constexpr unsigned kMost = 64;
  constexpr int kMostByDefault = 8;
  constexpr off_t kSmallInput = 4 * 1024 * 1024;
  if (const auto text = invocation.options.get("jobs")) {
    const auto jobs = parse_number(*text, kMost);
    if (jobs && *jobs > 0) return static_cast<unsigned>(*jobs);
    return Error{ErrorKind::usage, "takes a number from 1 to 64", "--jobs"};
  }
  const auto& arguments = invocation.arguments;
  if (arguments.size() <= 1) {
    const bool from_stdin = arguments.empty() || arguments[0] == "-";
    struct stat status {};
    const int failed = from_stdin ? ::fstat(STDIN_FILENO, &status)
                                  : ::stat(arguments[0].c_str(), &status);
    const bool large = failed == 0 && (S_ISDIR(status.st_mode) ||
                                       status.st_size >= kSmallInput);
    if (!large) return 1u;
  }
  cpu_set_t ours;
  if (::sched_getaffinity(0, sizeof ours, &ours) != 0) return 1u;
  return static_cast<unsigned>(std::clamp(CPU_COUNT(&ours), 1, kMostByDefault));
}

// Progress would be lost among data that goes to the same terminal.
int progress_descriptor(const Invocation& invocation, DumpForm form) {
  const bool quiet_form = form == DumpForm::count || form == DumpForm::extract;
  const bool asked = invocation.options.get_or("progress", "") == "always";
  const bool shown = invocation.progress &&
                     (asked || quiet_form || !invocation.stdout_is_terminal);
  return shown ? STDERR_FILENO : -1;
}

// --join: the pieces there are. Inputs are read twice.
Result<void> collect_pieces(const Invocation& invocation, PartialJoin& join) {
  const auto& arguments = invocation.arguments;
  for (const auto& argument : arguments) {
    struct stat status {};
    if (argument == "-" || ::stat(argument.c_str(), &status) != 0 ||
        S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
      continue;
    }
    return Error{ErrorKind::usage, "is no file, and --join reads twice",
                 printable(argument), "", "give it on the standard input"};
  }
  const bool has_stdin =
      arguments.empty() ||
      std::find(arguments.begin(), arguments.end(), "-") != arguments.end();
  off_t start = 0;
  if (has_stdin) {
    if (auto kept = keep_stdin(); !kept) return kept;
    start = ::lseek(STDIN_FILENO, 0, SEEK_CUR);
  }
  MessageFiles files(arguments, invocation.options.has("recursive"), true);
  if (auto collected = join.collect(files); !collected) return collected;
  if (has_stdin) (void)::lseek(STDIN_FILENO, start, SEEK_SET);
  for (const auto& line : join.missing()) warn(invocation.command, line);
  return {};
}

}  // namespace

Result<ExitStatus> parse(const Invocation& invocation, Output& out) {
  const auto& options = invocation.options;
  if (options.has("raw") && !options.has("part")) {
    return Error{ErrorKind::usage, "goes with --part N", "--raw"};
  }
  const auto dump_as = dump_options(invocation);
  if (!dump_as) return dump_as.error();
  const auto jobs = jobs_of(invocation);
  if (!jobs) return jobs.error();
  std::optional<ExtractFolder> folder;
  if (dump_as->form == DumpForm::extract) {
    auto opened = ExtractFolder::open(dump_as->folder, dump_as->dry_run);
    if (!opened) return std::move(opened).error();
    folder.emplace(std::move(*opened));
  }

  std::optional<PartialJoin> join;
  if (options.has("join")) {
    auto collected = collect_pieces(invocation, join.emplace());
    if (!collected) return std::move(collected).error();
  }

  auto status = ExitStatus::ok;
  ParseProgress progress(progress_descriptor(invocation, dump_as->form));
  const ParseRun run{*dump_as,
                     {.again = dump_as->needs_body(),
                      .header_only = dump_as->needs_header_alone()},
                     out,
                     progress,
                     [&](const Error& error) {
                       progress.clear();
                       report_error(invocation.command, error);
                       status = combine(status, exit_status(error.kind));
                     }};
  MessageFiles files(invocation.arguments, options.has("recursive"), true);
  // Files are named by what was extracted before: that goes in one thread.
  const bool alone = *jobs == 1 || join || dump_as->form == DumpForm::extract;
  const auto totals = alone ? parse_alone(run, folder ? &*folder : nullptr,
                                          join ? &*join : nullptr, files)
                            : parse_in_threads(run, *jobs, files);
  progress.clear();
  if (!totals) return totals.error();
  if (dump_as->form == DumpForm::count) {
    auto told = out.write(std::to_string(totals->messages) + "\n");
    if (!told) return std::move(told).error();
  }
  if (status == ExitStatus::ok && dump_as->strict &&
      totals->defects.count > 0) {
    report_error(invocation.command, totals->defects.to_error());
    status = ExitStatus::data_err;
  }
  return status;
}

}  // namespace mailtool::app
