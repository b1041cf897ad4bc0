// Finder, where folders are called otherwise than they were typed.

#include <utility>

#include "app/imap_find.h"

namespace mailtool::app {

// Those that could not be opened, where they are called otherwise here.
Result<std::vector<Result<client::MailboxFound>>> Finder::fly_by_other_names(
    std::vector<Target>& flight,
    std::vector<Result<client::MailboxFound>> found) {
  std::vector<Target> called;
  std::vector<Result<client::MailboxFound>> by_name;
  for (std::size_t i = 0; i < flight.size(); ++i) {
    // The name in a set from a pipe is the server's own, as is one from LIST.
    if (!found[i] && !flight[i].uidvalidity && !what_.listed &&
        may_be_of_the_name(found[i].error().kind)) {
      // All names are looked up at the first refusal, for the later ones too.
      session_.reconsiders(found[i].error());
      const auto name = flight[i].folder.utf8;
      if (auto other = session_.other_name(name)) {
        if (named_besides(name, *other)) continue;
        flight[i].folder = *std::move(other);
        auto again = fly({&flight[i], 1});
        if (!again) return again;
        found[i] = std::move(again->front());
      }
    }
    called.push_back(std::move(flight[i]));
    by_name.push_back(std::move(found[i]));
  }
  flight = std::move(called);
  return by_name;
}

// Is `other`, which was named `name`, named once more: by its own name or role,
// or before this in another way that is not its own?
bool Finder::named_besides(const std::string& name,
                           const imap::MailboxName& other) {
  bool before = true;
  for (const auto& typed : what_.folders) {
    if (name_meant(typed) == name) {
      before = false;
      continue;
    }
    const auto folder = session_.folder(typed);
    if (!folder || !(*folder == other)) continue;
    if (before || !session_.other_name(name_meant(typed))) return true;
  }
  return false;
}

}  // namespace mailtool::app
