#include "app/netrc.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <sys/stat.h>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// Tokens are separated by blanks and line ends; "…" and \ quote, as curl and
// other readers of the file have it. A comment runs from "#" to the line end.
std::optional<std::string> next_token(std::string_view& text) {
  const auto is_space = [](char c) { return c == ' ' || (c >= 9 && c <= 13); };
  for (;;) {
    while (!text.empty() && is_space(text[0])) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    if (text[0] != '#') break;
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
  std::string token;
  const bool quoted = text[0] == '"';
  if (quoted) text.remove_prefix(1);
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (quoted ? c == '"' : is_space(c)) break;
    if (c == '\\' && !text.empty()) {
      token += text[0];
      text.remove_prefix(1);
    } else {
      token += c;
    }
  }
  return token;
}

struct Entry {
  bool machine_fits = false;
  std::string login;
  std::optional<std::string> password;
};

bool fits(const Entry& entry, std::string_view user) {
  return entry.machine_fits && entry.password &&
         (user.empty() || entry.login == user);
}

}  // namespace

Result<Secret> find_in_netrc(std::string_view text, std::string_view host,
                             std::string_view user) {
  Entry entry;
  while (const auto word = next_token(text)) {
    if (*word == "machine" || *word == "default") {
      if (fits(entry, user)) break;
      entry = Entry{};
      entry.machine_fits = *word == "default";
      if (*word == "machine") {
        entry.machine_fits = iequals(next_token(text).value_or(""), host);
      }
    } else if (*word == "login") {
      entry.login = next_token(text).value_or("");
    } else if (*word == "password") {
      entry.password = next_token(text).value_or("");
    } else if (*word == "macdef") {
      // A macro runs to the first empty line.
      text.remove_prefix(std::min(text.find("\n\n"), text.size()));
    }
  }
  if (fits(entry, user)) return Secret(*entry.password);
  return Error{ErrorKind::no_auth, "no password there for " +
                                       printable(user) + " at " +
                                       printable(host),
               "secret from netrc"};
}

Result<Secret> netrc_password(std::string_view host, std::string_view user) {
  const char* named = std::getenv("NETRC");
  const char* home = std::getenv("HOME");
  const std::string path = named != nullptr
                               ? named
                               : std::string(home ? home : "") + "/.netrc";
  struct stat status{};
  std::ifstream file(path, std::ios::binary);
  if (!file || ::stat(path.c_str(), &status) != 0) {
    return Error{ErrorKind::no_input, std::strerror(errno),
                 "secret from " + printable(path)};
  }
  if ((status.st_mode & 077) != 0) {
    return Error{ErrorKind::config, "others may read the file",
                 "secret from " + printable(path), "",
                 "chmod 600 " + printable(path)};
  }
  std::string text;
  char chunk[4096];
  while (file.read(chunk, sizeof chunk) || file.gcount() > 0) {
    text.append(chunk, static_cast<std::size_t>(file.gcount()));
    if (text.size() > 1024 * 1024) break;
  }
  auto secret = find_in_netrc(text, host, user);
  wipe(text);
  return secret;
}

}  // namespace mailtool::app
