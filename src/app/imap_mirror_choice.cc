#include "app/imap_mirror_choice.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace mailtool::app {
namespace {

bool selectable(const client::ListedMailbox& mailbox) {
  return !mailbox.has("\\Noselect") && !mailbox.has("\\NonExistent");
}

}  // namespace

// Where a guess was too short, the last "%" takes one more octet, or else the
// last "*" does.
bool matches_mailbox(std::string_view pattern, std::string_view name,
                     std::string_view delimiter) {
  constexpr auto kNone = std::string_view::npos;
  std::size_t star = kNone, star_end = 0, part = kNone, part_end = 0;
  std::size_t p = 0, n = 0;
  while (n < name.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_end = n;
      part = kNone;
    } else if (p < pattern.size() && pattern[p] == '%') {
      part = ++p;
      part_end = n;
    } else if (p < pattern.size() && n < name.size() &&
               pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (part != kNone && part_end < name.size() &&
               (delimiter.empty() || name[part_end] != delimiter[0])) {
      p = part;
      n = ++part_end;
    } else if (star != kNone && star_end < name.size()) {
      p = star;
      n = ++star_end;
      part = kNone;
    } else {
      return false;
    }
  }
  return true;
}

Result<MailboxChoice> choose_mailboxes(ImapSession& session,
                                       const std::vector<std::string>& words) {
  client::ListQuestion question;
  question.status = true;
  question.only_changes = true;
  for (const auto& word : words) {
    auto name = session.folder(word);
    if (!name) return std::move(name).error();
    question.patterns.push_back(std::move(name->utf8));
  }
  auto listed = session.client().list(question);
  if (!listed) return std::move(listed).error();

  MailboxChoice choice;
  std::unordered_set<std::string> names;
  for (const auto& mailbox : *listed) names.insert(mailbox.list.mailbox.utf8);
  std::vector<bool> chosen(listed->size(), false);
  for (std::size_t w = 0; w < words.size(); ++w) {
    const auto& pattern = question.patterns[w];
    const bool exactly = names.contains(pattern);
    bool any = false;
    for (std::size_t i = 0; i < listed->size(); ++i) {
      const auto& mailbox = (*listed)[i];
      const auto& name = mailbox.list.mailbox.utf8;
      const bool meant =
          exactly ? name == pattern
                  : matches_mailbox(pattern, name, mailbox.list.delimiter);
      if (!meant || !selectable(mailbox)) continue;
      chosen[i] = any = true;
    }
    if (!any) choice.unmatched.push_back(words[w]);
  }
  // They may be called otherwise here.
  if (!choice.unmatched.empty() &&
      session.reconsiders({ErrorKind::no_such_item, "no such folder"})) {
    return choose_mailboxes(session, words);
  }
  for (std::size_t i = 0; i < listed->size(); ++i) {
    if (chosen[i]) choice.mailboxes.push_back(std::move((*listed)[i]));
  }
  std::sort(choice.mailboxes.begin(), choice.mailboxes.end(),
            [](const auto& a, const auto& b) {
              return a.list.mailbox.utf8 < b.list.mailbox.utf8;
            });
  return choice;
}

}  // namespace mailtool::app
