#include "app/pipe_destination.h"

#include <utility>

#include "app/fetch_report.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

constexpr int kLater = 75;  // EX_TEMPFAIL of sysexits.h
constexpr std::size_t kShownLines = 20;

std::vector<std::string> lines_of(std::string_view output) {
  std::vector<std::string> lines;
  for (const auto line : split(output, '\n')) {
    if (trim(line).empty()) continue;
    if (lines.size() == kShownLines) break;
    lines.push_back(printable(trim(line)));
  }
  return lines;
}

std::string how_it_ended(const ProgramRun& run) {
  return run.signal != 0 ? "ended by signal " + std::to_string(run.signal)
                         : "ended with status " + std::to_string(run.status);
}

}  // namespace

Result<std::unique_ptr<Destination>> PipeDestination::open(
    const DestinationName& name, const DestinationContext& context) {
  auto program = DeliveryProgram::find(name.words);
  if (!program) return std::move(program).error().at("--to");
  return std::unique_ptr<Destination>(
      new PipeDestination(*std::move(program), context));
}

Result<void> PipeDestination::begin(std::string_view uid) {
  uid_ = uid;
  spool_.emplace(spool_folder_);
  return {};
}

Result<void> PipeDestination::end(const store::DeliveryKey&) {
  const auto file = spool_->open_file();
  if (!file) return file.error();
  const store::Descriptor input(*file);
  const auto size = std::to_string(spool_->size());
  spool_.reset();
  DeliveryProgram::Variables variables = {{"MAILTOOL_MAILDROP", maildrop_},
                                          {"MAILTOOL_UID", uid_},
                                          {"MAILTOOL_SIZE", size}};
  // A mailtool that is run by the program takes the same account; see
  // account_of() for one without a name.
  variables.emplace_back("MAILTOOL_ACCOUNT",
                         account_.empty() ? maildrop_ : account_);
  const auto run = program_.run(input.get(), variables);
  if (!run) {
    const auto kind = run.error().kind;
    if (kind != ErrorKind::interrupted && kind != ErrorKind::timed_out) {
      return run.error();
    }
    // It was ended with us: that says nothing about the message.
    answers_.push_back({Delivery::Outcome::later, "", run.error()});
    return {};
  }
  const auto lines = lines_of(run->output);
  if (run->status == 0) {
    for (const auto& line : lines) {
      if (report_) report_->say(program_.name() + ": " + line);
    }
    answers_.push_back({});
    return {};
  }
  const auto outcome = run->status == kLater ? Delivery::Outcome::later
                                             : Delivery::Outcome::kept;
  auto what = how_it_ended(*run);
  if (!lines.empty()) what += ": " + lines.front();
  answers_.push_back(
      {outcome, "", Error{ErrorKind::local_io, what, program_.name()}});
  return {};
}

std::vector<Delivery> PipeDestination::settle() {
  return std::exchange(answers_, {});
}

}  // namespace mailtool::app
