#include "app/imap_watch_program.h"

#include <fcntl.h>

#include <cerrno>

#include "app/delivery_program.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

constexpr int kLater = 75;  // EX_TEMPFAIL of sysexits.h
constexpr std::size_t kShownLines = 20;

// In one pass: a folder called "{uid}" stays what it is called.
std::string filled(const std::string& word, const std::string& folder,
                   const std::string& uid) {
  std::string text;
  for (std::size_t i = 0; i < word.size();) {
    const auto rest = std::string_view(word).substr(i);
    if (rest.starts_with("{folder}")) {
      text += folder;
      i += 8;
    } else if (rest.starts_with("{uid}")) {
      text += uid;
      i += 5;
    } else {
      text += word[i++];
    }
  }
  return text;
}

}  // namespace

std::vector<std::string> WatchProgram::words_for(const WatchedName& name,
                                                 std::uint32_t uid) const {
  std::vector<std::string> words{words_.front()};
  for (std::size_t i = 1; i < words_.size(); ++i) {
    words.push_back(filled(words_[i], name.folder, std::to_string(uid)));
  }
  return words;
}

Result<WatchProgram::Outcome> WatchProgram::run(const WatchedName& name,
                                                std::uint32_t uid) {
  const std::lock_guard one_at_a_time(mutex_);
  const auto words = words_for(name, uid);
  if (dry_run_) {
    std::string line;
    for (const auto& word : words) line += ' ' + printable(word, 200);
    report_.warn("would run" + line);
    return Outcome::done;
  }
  const auto program = DeliveryProgram::find(words);
  if (!program) return program.error();
  const store::Descriptor nothing(
      store::sys_open(AT_FDCWD, "/dev/null", O_RDONLY, 0));
  if (!nothing.valid()) {
    return store::system_error("open", "/dev/null", errno);
  }
  DeliveryProgram::Variables variables = {
      {"MAILTOOL_FOLDER", name.folder},
      {"MAILTOOL_UID", std::to_string(uid)},
      {"MAILTOOL_UIDVALIDITY", std::to_string(name.uidvalidity)}};
  if (!account_.empty()) variables.emplace_back("MAILTOOL_ACCOUNT", account_);
  const auto run = program->run(nothing.get(), variables);
  if (!run) return run.error();
  std::size_t shown = 0;
  for (const auto line : split(run->output, '\n')) {
    if (trim(line).empty()) continue;
    if (++shown > kShownLines) break;
    report_.note(program->name() + ": " + printable(trim(line)));
  }
  if (run->status == 0) return Outcome::done;
  const auto how = run->signal != 0
                       ? "ended by signal " + std::to_string(run->signal)
                       : "ended with status " + std::to_string(run->status);
  report_.warn(program->name() + ": " + how + " for UID " +
               std::to_string(uid) + " of " + printable(name.folder, 200));
  return run->status == kLater ? Outcome::later : Outcome::failed;
}

}  // namespace mailtool::app
