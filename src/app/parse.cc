// mailtool parse: what messages are made of.

#include <cstdlib>
#include <optional>
#include <utility>

#include "app/commands.h"
#include "app/message_dump.h"
#include "app/quantity.h"
#include "mailtool/base/ascii.h"

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

Result<mime::ParserLimits> limits_of(const OptionValues& options) {
  mime::ParserLimits limits;
  if (const auto text = options.get("max-depth")) {
    limits.depth = static_cast<std::uint32_t>(
        parse_number(*text, 100'000).value_or(limits.depth));
  }
  if (const auto text = options.get("max-parts")) {
    limits.parts = static_cast<std::uint32_t>(
        parse_number(*text, 10'000'000).value_or(limits.parts));
  }
  if (const auto text = options.get("max-header")) {
    const auto size = parse_size(*text);
    if (!size) return size.error();
    limits.header_octets = *size;
  }
  return limits;
}

Result<DumpOptions> dump_options(const Invocation& invocation) {
  const auto& options = invocation.options;
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
  return dump;
}

}  // namespace

Result<ExitStatus> parse(const Invocation& invocation, Output& out) {
  const auto& options = invocation.options;
  if (options.has("raw") && !options.has("part")) {
    return Error{ErrorKind::usage, "goes with --part N", "--raw"};
  }
  const auto dump_as = dump_options(invocation);
  if (!dump_as) return dump_as.error();
  std::optional<ExtractFolder> folder;
  if (dump_as->form == DumpForm::extract) {
    auto opened = ExtractFolder::open(dump_as->folder, dump_as->dry_run);
    if (!opened) return std::move(opened).error();
    folder.emplace(std::move(*opened));
  }
  MessageDump dump(*dump_as, folder ? &*folder : nullptr, out);

  auto status = ExitStatus::ok;
  for (const auto& path : expand_inputs(invocation.arguments)) {
    auto read = read_messages(path, dump_as->needs_body(), dump.count(), dump);
    if (read) continue;
    const auto kind = read.error().kind;
    if (kind == ErrorKind::interrupted) return std::move(read).error();
    // One file that cannot be read does not stop the others.
    report_error(invocation.command,
                 std::move(read).error().at(input_name(path)));
    status = combine(status, exit_status(kind));
  }
  if (dump_as->form == DumpForm::count) {
    auto told = out.write(std::to_string(dump.count()) + "\n");
    if (!told) return std::move(told).error();
  }
  if (status == ExitStatus::ok && dump_as->strict && dump.defective()) {
    report_error(invocation.command, dump.defects().to_error());
    status = ExitStatus::data_err;
  }
  return status;
}

}  // namespace mailtool::app
