#include "app/imap_import_journal.h"

#include <sys/stat.h>

#include <chrono>
#include <ctime>
#include <string>
#include <utility>

#include "app/fetch_state.h"
#include "app/imap_session.h"
#include "app/signals.h"
#include "app/user_folders.h"
#include "mailtool/base/sha256.h"
#include "mailtool/store/folder.h"

namespace mailtool::app {
namespace {

// In seconds: what a run sent that ended before, its server has taken, or not.
constexpr std::int64_t kRecent = 3600;

}  // namespace

Result<ImportJournal> ImportJournal::open(const Invocation& invocation,
                                          const imap::MailboxName& to,
                                          std::uint32_t uidvalidity) {
  auto url =
      parse_server_url(*invocation.options.get("server"), {"imap", "imaps"});
  if (!url) return std::move(url).error();
  const auto owner =
      maildrop_identity(invocation.options.get_or("user", url->user), *url);
  auto state = user_state_folder();
  if (!state) return std::move(state).error();
  const auto folder = *state + "/imap-import";
  const auto name = imap::in_encoding(to, imap::NameEncoding::modified_utf7);
  const auto mailbox = name.wire + " " + std::to_string(uidvalidity);
  const auto path = folder + "/" + hex(sha256(owner + "\n" + mailbox), 16);
  ImportJournal opened;
  if (invocation.dry_run()) {
    auto journal = store::Journal::read(path, owner, mailbox);
    if (!journal) return std::move(journal).error();
    opened.journal = *std::move(journal);
    return opened;
  }
  if (auto made = store::create_folder(folder); !made) {
    return std::move(made).error();
  }
  auto lock = store::LockFile::acquire(
      path + ".lock", std::chrono::milliseconds(0), interrupt_fd());
  if (!lock) return std::move(lock).error();
  opened.lock = *std::move(lock);
  struct stat written {};
  opened.recent = ::stat(path.c_str(), &written) == 0 &&
                  ::time(nullptr) - written.st_mtime < kRecent;
  auto journal = store::Journal::open(path, owner, mailbox);
  if (!journal) return std::move(journal).error();
  opened.journal = *std::move(journal);
  return opened;
}

}  // namespace mailtool::app
