#include "fault/migrate_bench.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/fetch_adopt.h"
#include "app/fetch_header_digest.h"

namespace mailtool::test {
namespace {

constexpr const char* kIdentity = "bob@mail.example";

std::uint64_t digest(const std::string& content) {
  app::HeaderDigester digester;
  digester.update(content);
  return digester.finish().value;
}

}  // namespace

std::vector<StoredMessage> distinct_messages(std::size_t count) {
  std::vector<StoredMessage> messages;
  for (std::size_t i = 1; i <= count; ++i) {
    const auto n = std::to_string(i);
    messages.push_back(
        {"uid-" + n, "Message-ID: <" + n + "@crepes.fr>\r\nSubject: menu " + n +
                         "\r\n\r\n" + std::string(100 + i, 'x') + "\r\n"});
  }
  return messages;
}

void MigrateBench::know(bool headers) {
  auto state = app::open_fetch_state(keep(), kIdentity);
  if (!state) std::abort();
  auto& journal = *state->journals[0];
  const auto& messages = maildrop().messages();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    journal.add_fetched({messages[i].uid, messages[i].content.size()},
                        headers ? digest(messages[i].content) : 0,
                        first_sight_of(i));
  }
  if (!journal.commit()) std::abort();
}

void MigrateBench::renumber(std::size_t begin, std::size_t end) {
  for (auto i = begin; i < end; ++i) {
    maildrop().set_uid(i, "other-" + std::to_string(i + 1));
  }
}

std::string MigrateBench::import(const std::vector<app::ImportFile>& files,
                                 bool dry_run) {
  auto options = keep();
  options.imports = files;
  options.dry_run = dry_run;
  auto state = app::open_fetch_state(options, kIdentity);
  if (!state) return state.error().one_line();
  app::Invocation invocation;
  invocation.options.add("quiet", {"", "command line"});
  app::Output out(STDOUT_FILENO);
  app::FetchReport report(invocation, out, kIdentity, "test server");
  const auto done =
      app::import_states(options, kIdentity, state->journals, report);
  return done ? "" : done.error().one_line();
}

int MigrateBench::import_in_child(const std::vector<app::ImportFile>& files,
                                  void (*before)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    before();
    ::_exit(import(files).empty() ? 0 : 1);
  }
  int status = -1;
  while (::waitpid(child, &status, 0) < 0) {
  }
  return status;
}

std::string MigrateBench::file(const std::string& name,
                               const std::string& content) const {
  const auto folder = std::filesystem::path(maildir()).parent_path();
  const auto path = (folder / name).string();
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string MigrateBench::journal_path() const {
  for (const auto& entry : std::filesystem::directory_iterator(state())) {
    if (entry.path().extension() == ".journal") return entry.path().string();
  }
  std::abort();
}

std::unique_ptr<store::Journal> MigrateBench::journal() const {
  auto options = keep();
  options.list = true;
  auto state = app::open_fetch_state(options, kIdentity);
  if (!state) std::abort();
  return std::move(state->journals[0]);
}

unsigned MigrateBench::known(std::size_t index) {
  const auto now = journal();
  unsigned count = 0;
  for (const auto& record : now->find(maildrop().messages()[index].uid)) {
    count += record.fetched() + record.adopted();
  }
  return count;
}

app::FetchOptions MigrateBench::rebase() const {
  auto options = keep();
  options.rebase = true;
  return options;
}

app::FetchOptions MigrateBench::adopt() const {
  auto options = keep();
  options.adopt = true;
  return options;
}

std::size_t seen(const FetchRun& run, std::string_view verb) {
  std::size_t count = 0;
  for (const auto& command : run.commands) count += command.starts_with(verb);
  return count;
}

}  // namespace mailtool::test
