#include "app/destination_name.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "app/program.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/sha256.h"

namespace mailtool::app {
namespace {

Error wrong(std::string what) {
  return Error{ErrorKind::usage, std::move(what), "--to"};
}

Error not_a_destination(std::string_view text) {
  return wrong("not a destination: " + printable(text))
      .with_hint(
          "a destination is maildir:PATH, mbox:PATH, dir:PATH, pipe:PROGRAM "
          "ARGS, lmtp:/SOCKET, lmtp://HOST:PORT, or - for stdout");
}

// One name for one file, however it is written.
std::string canonical(std::string_view text) {
  std::error_code failed;
  // First absolute: what is not there yet would stay relative otherwise, and
  // have another name once it is there.
  auto path = std::filesystem::absolute(text, failed);
  if (failed) path = text;
  auto whole = std::filesystem::weakly_canonical(path, failed);
  if (failed) whole = path;
  auto name = whole.lexically_normal().string();
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name;
}

// A shell replaces ~ and $HOME only where a word begins with them, which
// "maildir:~/Mail" does not.
Result<std::string> from_home(std::string_view text) {
  const char* home = std::getenv("HOME");
  const bool has_home = home != nullptr && *home == '/';
  if ((text == "~" || text.starts_with("~/")) && has_home) {
    return home + std::string(text.substr(1));
  }
  if (text.starts_with('$') || text.starts_with('~')) {
    return wrong(printable(text) + " begins with a name that is not replaced")
        .with_hint("give the whole path; ~/ means the home folder; ./" +
                   printable(text) + " is a file of that name");
  }
  return std::string(text);
}

// In a folder that others may write to, as /var/mail, a link would let them
// choose which of our files the mail is written to.
bool linked_by_another(const std::string& path) {
  struct stat found;
  return ::lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode) &&
         found.st_uid != ::geteuid() && found.st_uid != 0;
}

// As split_words() reads it back.
std::string in_quotes(const std::string& word) {
  constexpr std::string_view kSpecial = " \t\n'\"\\";
  if (!word.empty() && word.find_first_of(kSpecial) == word.npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

std::optional<DestinationKind> kind_of(std::string_view scheme) {
  if (iequals(scheme, "maildir")) return DestinationKind::maildir;
  if (iequals(scheme, "mbox")) return DestinationKind::mbox;
  if (iequals(scheme, "dir")) return DestinationKind::folder;
  if (iequals(scheme, "pipe")) return DestinationKind::pipe;
  if (iequals(scheme, "lmtp")) return DestinationKind::lmtp;
  return std::nullopt;
}

Result<void> fill(DestinationName& name, std::string_view text,
                  std::string_view rest) {
  if (name.kind == DestinationKind::pipe) {
    auto words = split_words(rest);
    if (!words) return std::move(words).error().at("--to");
    name.words = *std::move(words);
    return {};
  }
  if (name.kind == DestinationKind::lmtp) {
    auto url = parse_server_url(text, {"lmtp"});
    if (!url) return std::move(url).error().at("--to");
    name.server = *std::move(url);
    return {};
  }
  auto path = from_home(rest);
  if (!path) return std::move(path).error();
  if (name.kind == DestinationKind::mbox && linked_by_another(*path)) {
    return wrong(printable(rest) + " is a symbolic link of another user");
  }
  name.path = canonical(*path);
  return {};
}

}  // namespace

// destination = "-" / ("maildir:" / "mbox:" / "dir:") path
//             / "pipe:" words / lmtp-url
Result<DestinationName> DestinationName::parse(std::string_view text) {
  DestinationName name;
  if (text == "-") {
    name.kind = DestinationKind::standard_output;
    return name;
  }
  const auto colon = text.find(':');
  if (colon == text.npos || colon + 1 == text.size() ||
      text.find('\0') != text.npos) {
    return not_a_destination(text);
  }
  const auto kind = kind_of(text.substr(0, colon));
  if (!kind) return not_a_destination(text);
  name.kind = *kind;
  if (auto filled = fill(name, text, text.substr(colon + 1)); !filled) {
    return std::move(filled).error();
  }
  return name;
}

std::string DestinationName::to_string() const {
  std::string text;
  switch (kind) {
    case DestinationKind::maildir: text = "maildir:" + path; break;
    case DestinationKind::mbox: text = "mbox:" + path; break;
    case DestinationKind::folder: text = "dir:" + path; break;
    case DestinationKind::pipe:
      for (const auto& word : words) {
        text += (text.empty() ? "pipe:" : " ") + in_quotes(word);
      }
      break;
    case DestinationKind::lmtp:
      text = server.to_string() + " for " + recipient;
      break;
    case DestinationKind::standard_output: text = "-"; break;
  }
  if (text.size() <= kMaxOctets) return text;
  const auto digest = hex(sha256(text), 16);
  return text.substr(0, kMaxOctets - digest.size() - 1) + "#" + digest;
}

DestinationName maildir_name(std::string path) {
  DestinationName name;
  name.path = std::move(path);
  return name;
}

}  // namespace mailtool::app
