#include "app/imap_what.h"

#include <unistd.h>

#include <cerrno>
#include <unordered_set>
#include <utility>

#include "app/imap_folder_name.h"
#include "app/imap_uid_lines.h"
#include "app/imap_uid_words.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// As JSON a message takes some 80 octets.
constexpr std::size_t kMaxStdin = 256 * 1024 * 1024;

Result<std::string> read_stdin() {
  std::string text;
  char buffer[64 * 1024];
  while (true) {
    const auto count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      return Error{ErrorKind::local_io, "cannot read", "stdin"};
    }
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > kMaxStdin) {
      return Error{ErrorKind::bad_input, "longer than 256M", "stdin"};
    }
  }
}

std::vector<std::string> folders_of(const Invocation& invocation) {
  auto folders = invocation.options.all("folder");
  if (folders.empty()) folders.emplace_back("INBOX");
  return folders;
}

}  // namespace

Result<What> parse_what(const Invocation& invocation,
                        const std::string& argument) {
  What what;
  if (argument == "-") {
    if (invocation.options.has("folder")) {
      return Error{ErrorKind::usage,
                   "--folder does not go with -: the set on stdin names it"};
    }
    auto text = read_stdin();
    if (!text) return std::move(text).error();
    const bool unterminated = invocation.options.has("allow-unterminated");
    // A filter that lets nothing through leaves nothing.
    const bool as_json =
        text->starts_with('{') || (unterminated && text->empty());
    auto blocks = as_json ? read_uid_lines(*text, unterminated)
                          : read_uid_blocks(*text);
    if (!blocks) return std::move(blocks).error();
    what.blocks = *std::move(blocks);
    what.from_pipe = true;
    return what;
  }
  what.folders = folders_of(invocation);
  if (auto legal = check_folder_names(what.folders); !legal) {
    return std::move(legal).error();
  }
  if (auto uids = imap::parse_sequence_set(argument)) {
    what.uids = *std::move(uids);
    return what;
  }
  if (looks_like_uids(argument)) {
    const auto text = printable(trim(argument), 60);
    return Error{ErrorKind::usage,
                 "not a UID set, as 2,4:9",
                 text,
                 {},
                 "'text:\"" + text + "\"' finds messages with this text"};
  }
  auto query = parse_query(argument, system_clock());
  if (!query) return std::move(query).error();
  if (query->empty()) {
    return Error{ErrorKind::usage, "an empty WHAT would be all messages", "",
                 "", "1:* means all"};
  }
  what.query = *std::move(query);
  return what;
}

Result<What> parse_search(const Invocation& invocation,
                          const std::vector<std::string>& words) {
  What what;
  what.folders = folders_of(invocation);
  if (auto legal = check_folder_names(what.folders); !legal) {
    return std::move(legal).error();
  }
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  if (trim(text) == "-") {
    return Error{ErrorKind::usage, "search and list read no set from stdin", "-",
                 "", "get, attachments, move, copy, flag and delete do"};
  }
  if (looks_like_uids(text)) {
    const auto shown = printable(trim(text), 60);
    const bool set = imap::parse_sequence_set(trim(text)).has_value();
    return Error{ErrorKind::usage,
                 "numbers alone: UIDs or a text?",
                 "query: " + shown,
                 {},
                 "uid:" + (set ? shown : "2,4:9") + " for UIDs, 'text:\"" +
                     shown + "\"' for the text"};
  }
  auto query = parse_query(text, system_clock());
  if (!query) return std::move(query).error();
  if (const auto raw = invocation.options.get("raw")) {
    query = with_raw_keys(*std::move(query), *raw);
    if (!query) return std::move(query).error();
  }
  what.query = *std::move(query);
  return what;
}

Result<std::vector<Target>> targets(ImapSession& session, const What& what) {
  std::vector<Target> all;
  for (const auto& block : what.blocks) {
    // An empty set changes nothing, wherever it points.
    if (block.uids.empty()) continue;
    auto folder = session.client().mailbox(block.folder);
    if (!folder) return std::move(folder).error();
    all.push_back({*std::move(folder), block.uids, block.uidvalidity});
  }
  std::unordered_set<std::string> named;
  for (const auto& name : what.folders) {
    auto folder =
        what.listed ? session.client().mailbox(name) : session.folder(name);
    if (!folder) return session.at_server(std::move(folder).error());
    // "-f INBOX -f @inbox" is one folder.
    if (!named.insert(folder->wire).second) continue;
    all.push_back({*std::move(folder), what.uids, std::nullopt});
  }
  return all;
}

}  // namespace mailtool::app
