#include "app/serve_trial.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "app/file_sink.h"
#include "app/output.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/serve/faulty_session.h"
#include "mailtool/serve/transcript_session.h"
#include "mailtool/store/folder.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kEnding = ".dialogue";
constexpr std::size_t kDigits = 6;

// The number of "000012-imap.dialogue"; 0: it is none of ours.
std::uint64_t number_of(std::string_view name) {
  const auto dash = name.find('-');
  if (!name.ends_with(kEnding) || dash == name.npos) return 0;
  return parse_number(name.substr(0, dash), UINT64_MAX - 1).value_or(0);
}

void tell_once(bool& told, const Error& error) {
  if (std::exchange(told, true)) return;
  warn("serve", "dialogues are not written, or in part: " + error.one_line());
}

// Mail goes on though nobody can read about it.
class DialogueFile : public Sink {
 public:
  DialogueFile(FileSink file, std::shared_ptr<bool> told)
      : file_(std::move(file)), told_(std::move(told)) {}
  Result<void> write(std::string_view octets) override {
    auto wrote = file_.write(octets);
    if (!wrote) tell_once(*told_, wrote.error());
    return wrote;
  }

 private:
  FileSink file_;
  std::shared_ptr<bool> told_;
};

}  // namespace

ServeTrial::ServeTrial(const ServeTrialOptions& options)
    : delay_(options.delay), folder_(options.dialogues) {
  for (const auto& rule : options.rules) rules_.add(rule);
}

// Files of earlier servers stay: numbers go on where they ended.
Result<void> ServeTrial::open() {
  if (folder_.empty()) return {};
  if (auto made = store::create_folder(folder_); !made) {
    return std::move(made).error().at("--dialogues");
  }
  std::error_code failed;
  for (std::filesystem::directory_iterator all(folder_, failed), end;
       !failed && all != end; all.increment(failed)) {
    next_ = std::max(next_, number_of(all->path().filename().string()) + 1);
  }
  if (!failed) return {};
  return Error{ErrorKind::cannot_create, failed.message(),
               "--dialogues " + printable(folder_)};
}

std::unique_ptr<serve::Session> ServeTrial::with_faults(
    serve::Protocols protocol, const Make& make) {
  if (rules_.empty() && delay_.count() == 0) return make(nullptr);
  return serve::make_faulty_session(
      protocol, rules_, delay_,
      [&](serve::FaultHook& hook) { return make(&hook); });
}

std::unique_ptr<serve::Session> ServeTrial::session(serve::Protocols protocol,
                                                    std::string_view name,
                                                    const Make& make) {
  auto session = with_faults(protocol, make);
  if (folder_.empty()) return session;
  auto number = std::to_string(next_++);
  if (number.size() < kDigits) number.insert(0, kDigits - number.size(), '0');
  auto file = FileSink::create(folder_ + "/" + number + "-" +
                               std::string(name) + std::string(kEnding));
  if (!file) {
    tell_once(*told_, file.error());
    return session;
  }
  return serve::make_transcript_session(
      protocol, std::move(session),
      std::make_unique<DialogueFile>(*std::move(file), told_));
}

}  // namespace mailtool::app
