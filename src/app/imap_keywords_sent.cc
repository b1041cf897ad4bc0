#include "app/imap_keywords_sent.h"

#include "app/output.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_permanent_flags.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMostKeywords = 1000;
constexpr std::size_t kShown = 400;
constexpr std::size_t kShownName = 200;

}  // namespace

void KeywordsSent::add(const std::vector<std::string>& flags) {
  for (const auto& flag : flags) {
    const bool keyword = !flag.starts_with('\\');
    if (keyword && keywords_.size() < kMostKeywords) keywords_.insert(flag);
  }
}

void KeywordsSent::warn_of_lost(const client::ImapClient& client,
                                const imap::MailboxName& to) const {
  // Of a folder that is EXAMINEd, servers say that it keeps none.
  const auto& mailbox = client.selected();
  if (!mailbox || mailbox->read_only || mailbox->name.wire != to.wire) return;
  std::string names;
  for (const auto& name :
       client::not_kept(*mailbox, {keywords_.begin(), keywords_.end()})) {
    names += (names.empty() ? "" : " ") + name;
  }
  if (names.empty()) return;
  warn("imap", "the server does not keep " + printable(names, kShown) + " in " +
                   printable(to.utf8, kShownName));
}

}  // namespace mailtool::app
