#include "app/imap_folder_refusal.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "app/imap_folder_row.h"
#include "app/imap_session.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

bool is_of_session(const Error& error) {
  return ends_session(error.kind) && error.server_said.empty();
}

bool says_there(const Error& refusal) {
  return refusal.server_said.starts_with("NO [ALREADYEXISTS]");
}

Error worded(Error refusal, ErrorKind kind, std::string what,
             std::string step) {
  refusal.kind = kind;
  refusal.what = std::move(what);
  refusal.step = std::move(step);
  return refusal;
}

Error missing(Error refusal, const std::string& verb, std::string named) {
  const bool by_its_own = verb == "rename" || verb == "delete";
  return worded(std::move(refusal), ErrorKind::no_such_item, "no such folder",
                std::move(named))
      .with_hint(by_its_own
                     ? "the whole name is wanted here, as `mailtool imap "
                       "folders` prints it"
                     : "`mailtool imap folders` prints those that there are");
}

Error there(Error refusal, std::string named, std::string_view hint) {
  auto error = worded(std::move(refusal), ErrorKind::rejected, "there already",
                      std::move(named));
  return hint.empty() ? std::move(error) : std::move(error).with_hint(hint);
}

// Where the name of a folder goes on: a letter, or a delimiter before one.
bool goes_on(std::string_view text, std::size_t at, bool forward) {
  const auto is_of_name = [&](std::size_t i) {
    return i < text.size() &&
           (is_alpha(text[i]) || is_digit(text[i]) || text[i] == '_' ||
            text[i] == '-' || static_cast<unsigned char>(text[i]) > 0x7f);
  };
  if (is_of_name(at)) return true;
  if (at >= text.size()) return false;
  const bool delimiter =
      std::string_view("/.\\").find(text[at]) != std::string_view::npos;
  return delimiter && is_of_name(forward ? at + 1 : at - 1);
}

// The places of `name` in `text` are blanked; false where there is none.
bool take_name(std::string& text, const std::string& name) {
  bool found = false;
  for (auto at = text.find(name); !name.empty() && at != text.npos;
       at = text.find(name, at + name.size())) {
    if (goes_on(text, at - 1, false) || goes_on(text, at + name.size(), true)) {
      continue;
    }
    found = true;
    std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at), name.size(),
                ' ');
  }
  return found;
}

struct Named {
  bool from = false;
  bool to = false;
};

// Which of two folders the text behind the code names.
Named named_in(std::string_view said, const imap::MailboxName& from,
               const imap::MailboxName& to) {
  const auto code = said.starts_with("NO [") ? said.find(']') : said.npos;
  std::string text(said.substr(
      code != said.npos ? code + 1 : std::min<std::size_t>(3, said.size())));
  Named named;
  const auto look = [&](const imap::MailboxName& name, bool& there) {
    const bool utf8 = take_name(text, name.utf8);
    there = take_name(text, name.wire) || utf8;
  };
  // "Work" is not named by "Work/Lunch".
  if (from.utf8.size() < to.utf8.size()) {
    look(to, named.to);
    look(from, named.from);
  } else {
    look(from, named.from);
    look(to, named.to);
  }
  return named;
}

// CANNOT is for what will never be so, such as a name that none can have.
bool says_no_name(const Error& refusal) {
  const auto said = lower(refusal.server_said);
  return said.starts_with("no [cannot]") &&
         said.find("invalid mailbox name") != said.npos;
}

}  // namespace

bool says_missing(const Error& refusal) {
  const auto said = lower(refusal.server_said);
  if (!said.starts_with("no ")) return false;
  if (said.starts_with("no [nonexistent") ||
      said.starts_with("no [trycreate")) {
    return true;
  }
  if (said.starts_with("no [") && !said.starts_with("no [cannot]"))
    return false;
  constexpr std::array<std::string_view, 10> kWords{
      "nonexistent",         "non-existent",     "not exist",
      "n't exist",           "no such mailbox",  "no such folder",
      "mailbox not found",   "folder not found", "unknown mailbox",
      "invalid mailbox name"};
  return std::any_of(kWords.begin(), kWords.end(), [&](auto words) {
    return said.find(words) != std::string::npos;
  });
}

std::string named_folder(const std::string& typed,
                         const imap::MailboxName& asked) {
  auto named = printable(typed, kShownFolderName);
  if (typed != asked.utf8 && !iequals(typed, asked.utf8)) {
    named += " (" + printable(asked.utf8, kShownFolderName) + ")";
  }
  return named;
}

Error folder_refusal(Error refusal, const std::string& verb,
                     const std::string& named) {
  if (is_of_session(refusal)) return refusal;
  const bool gone = refusal.kind == ErrorKind::no_such_item ||
                    (says_missing(refusal) && !says_no_name(refusal));
  // What is to be created is missing.
  if (gone && verb != "create") {
    return missing(std::move(refusal), verb, named);
  }
  if (says_there(refusal)) return there(std::move(refusal), named, "");
  refusal.step = verb + " " + named;
  return refusal;
}

Error rename_refusal(Error refusal, const AskedFolder& from,
                     const AskedFolder& to) {
  if (is_of_session(refusal)) return refusal;
  const auto old_name = named_folder(from.typed, from.asked);
  const auto new_name = named_folder(to.typed, to.asked);
  if (says_there(refusal)) {
    return there(
        std::move(refusal), new_name,
        "`mailtool imap move` puts the messages of one into the other");
  }
  const auto named = named_in(refusal.server_said, from.asked, to.asked);
  const bool try_create = lower(refusal.server_said).starts_with("no [try");
  const bool by_code = refusal.kind == ErrorKind::no_such_item && !try_create;
  // "NO [CANNOT] Invalid mailbox name" is of the new one.
  const bool by_text =
      says_missing(refusal) && !refusal.server_said.starts_with("NO [");
  const bool of_old = by_code ? named.from || !named.to : by_text && !named.to;
  if (of_old) return missing(std::move(refusal), "rename", old_name);
  // What is not there is above the new one, for which TRYCREATE stands too.
  if (refusal.kind == ErrorKind::no_such_item) {
    refusal.kind = ErrorKind::rejected;
  }
  refusal.step = by_text && named.to && !named.from
                     ? new_name
                     : "rename " + old_name + " to " + new_name;
  return refusal;
}

}  // namespace mailtool::app
