// What a mailbox keeps: PERMANENTFLAGS (RFC 9051 section 7.1). A flag that is
// not among them is ignored, or forgotten with the session, and the STORE is
// answered by OK all the same.

#include <algorithm>
#include <utility>

#include "client/imap_change_run.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_permanent_flags.h"

namespace mailtool::client {
namespace {

constexpr std::size_t kShown = 400;

bool contains(const std::vector<std::string>& flags, std::string_view flag) {
  return std::any_of(flags.begin(), flags.end(), [&](const auto& each) {
    return iequals(each, flag);
  });
}

bool outlives(const std::vector<std::string>& permanent, std::string_view flag) {
  return contains(permanent, flag) ||
         (!flag.starts_with('\\') && contains(permanent, "\\*"));
}

std::string listed(const std::vector<std::string>& flags) {
  std::string text;
  for (const auto& flag : flags) {
    if (!text.empty()) text += ' ';
    text += flag;
    if (text.size() > kShown) break;
  }
  return printable(text, kShown);
}

}  // namespace

std::vector<std::string> not_kept(const SelectedMailbox& mailbox,
                                  const std::vector<std::string>& flags) {
  std::vector<std::string> lost;
  if (!mailbox.permanent_flags) return lost;
  for (const auto& flag : flags) {
    if (!outlives(*mailbox.permanent_flags, flag)) lost.push_back(flag);
  }
  return lost;
}

Result<void> ChangeRun::check_kept(ChangeMethod method) const {
  const auto& mailbox = client_.selected_;
  if (!mailbox || !mailbox->permanent_flags) return {};
  const auto& permanent = *mailbox->permanent_flags;
  std::vector<std::string> lost;
  switch (method) {
    case ChangeMethod::copy_expunge:
    case ChangeMethod::copy_marked:
    case ChangeMethod::expunged:
    case ChangeMethod::marked:
      if (!outlives(permanent, "\\Deleted")) lost.emplace_back("\\Deleted");
      break;
    case ChangeMethod::flags:
      lost = not_kept(*mailbox, what_.add);
      // A keyword that the mailbox does not know no message has.
      for (const auto& flag : what_.remove) {
        const bool there = contains(mailbox->flags, flag);
        if (there && !outlives(permanent, flag)) lost.push_back(flag);
      }
      break;
    default: return {};
  }
  if (lost.empty()) return {};
  return Error{ErrorKind::unsupported,
               "the server does not keep " + listed(lost) + " in this folder",
               "UID STORE",
               "PERMANENTFLAGS (" + listed(permanent) + ")"};
}

}  // namespace mailtool::client
