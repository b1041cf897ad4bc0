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
  const bool gone =
      refusal.kind == ErrorKind::no_such_item || says_missing(refusal);
  // What is to be created is missing.
  if (gone && verb != "create") {
    return missing(std::move(refusal), verb, named);
  }
  if (says_there(refusal)) return there(std::move(refusal), named, "");
  refusal.step = verb + " " + named;
  return refusal;
}

Error rename_refusal(Error refusal, const std::string& from,
                     const std::string& to) {
  if (is_of_session(refusal)) return refusal;
  // "NO [CANNOT] Invalid mailbox name" is of the new one.
  const bool gone =
      refusal.kind == ErrorKind::no_such_item ||
      (says_missing(refusal) && !refusal.server_said.starts_with("NO ["));
  if (gone) return missing(std::move(refusal), "rename", from);
  if (says_there(refusal)) {
    return there(
        std::move(refusal), to,
        "`mailtool imap move` puts the messages of one into the other");
  }
  refusal.step = "rename " + from + " to " + to;
  return refusal;
}

}  // namespace mailtool::app
