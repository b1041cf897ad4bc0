#include "app/imap_what.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// RFC 7162 section 4 asks servers for command lines of 8192 octets.
constexpr std::size_t kMaxSearchedSet = 8000;
constexpr std::size_t kMaxStdin = 64 * 1024 * 1024;

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
      return Error{ErrorKind::bad_input, "longer than 64M", "stdin"};
    }
  }
}

std::vector<std::string> folders_of(const Invocation& invocation) {
  auto folders = invocation.options.all("folder");
  if (folders.empty()) folders.emplace_back("INBOX");
  return folders;
}

// What the server could not tell exactly.
Result<imap::SequenceSet> second_look(client::ImapClient& client,
                                      const Query& query, bool within,
                                      const imap::SequenceSet& candidates) {
  std::vector<const QueryTerm*> terms;
  client::FetchItems items;
  items.flags = false;
  for (const auto& term : query.terms) {
    const bool moment = term.moment && !(within && term.within);
    if (!moment && !term.attachment) continue;
    items.internal_date = items.internal_date || moment;
    items.body_structure = items.body_structure || term.attachment;
    terms.push_back(&term);
  }
  if (terms.empty() || candidates.empty()) return candidates;

  std::vector<imap::Range> kept;
  const auto meets = [&](const imap::FetchData& message,
                         const QueryTerm& term) {
    if (term.attachment) {
      const bool has =
          message.body_structure && message.body_structure->has_attachment();
      return has == *term.attachment;
    }
    if (within && term.within) return true;
    const auto when = imap::parse_internal_date(
        message.internal_date.value_or(std::string()));
    if (!when) return false;
    const bool inside = *when >= term.moment->from && *when < term.moment->to;
    return inside != term.moment->negated;
  };
  auto seen = client.fetch(candidates, items,
                           [&](imap::FetchData& message) -> Result<void> {
                             for (const auto* term : terms) {
                               if (!meets(message, *term)) return {};
                             }
                             kept.push_back({*message.uid, *message.uid});
                             return {};
                           });
  if (!seen) return std::move(seen).error();
  return imap::SequenceSet(std::move(kept));
}

// From the first to the last: a set too long for one line is looked for by
// this, and what else is found is left out.
imap::SequenceSet span_of(const imap::SequenceSet& set) {
  return imap::SequenceSet(
      {{set.ranges().front().first, set.ranges().back().last}});
}

bool needs_second_look(const Query& query, bool within) {
  for (const auto& term : query.terms) {
    if (term.attachment) return true;
    if (term.moment && !(within && term.within)) return true;
  }
  return false;
}

Result<void> check_opened(const client::SelectedMailbox& mailbox,
                          const Target& target, bool read_only) {
  const auto name = printable(mailbox.name.utf8, 200);
  if (target.uidvalidity &&
      *target.uidvalidity != mailbox.uidvalidity.value_or(0)) {
    return Error{ErrorKind::bad_input,
                 "UIDVALIDITY is " +
                     std::to_string(mailbox.uidvalidity.value_or(0)) +
                     " now, not " + std::to_string(*target.uidvalidity) +
                     ": the set is of another folder or time",
                 "folder " + name, "", "search again"};
  }
  if (!read_only && mailbox.read_only) {
    return Error{ErrorKind::no_permission, "read-only", "folder " + name};
  }
  return {};
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
    auto blocks = read_uid_blocks(*text);
    if (!blocks) return std::move(blocks).error();
    what.blocks = *std::move(blocks);
    what.from_pipe = true;
    return what;
  }
  what.folders = folders_of(invocation);
  if (auto uids = imap::parse_sequence_set(argument)) {
    what.uids = *std::move(uids);
    return what;
  }
  auto query = parse_query(argument, system_clock());
  if (!query) return std::move(query).error();
  if (query->terms.empty()) {
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
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  auto query = parse_query(text, system_clock());
  if (!query) return std::move(query).error();
  what.query = *std::move(query);
  if (const auto raw = invocation.options.get("raw")) {
    QueryTerm term;
    term.key.kind = imap::SearchKey::Kind::raw;
    term.key.text = *raw;
    what.query.terms.push_back(std::move(term));
  }
  return what;
}

Result<std::vector<Target>> targets(ImapSession& session, const What& what) {
  std::vector<Target> all;
  for (const auto& block : what.blocks) {
    // An empty set changes nothing, wherever it points.
    if (block.uids.empty()) continue;
    auto folder = imap::mailbox_from_utf8(block.folder);
    if (!folder) return std::move(folder).error();
    all.push_back({*std::move(folder), block.uids, block.uidvalidity});
  }
  for (const auto& name : what.folders) {
    auto folder = session.folder(name);
    if (!folder) return session.at_server(std::move(folder).error());
    all.push_back({*std::move(folder), what.uids, std::nullopt});
  }
  return all;
}

Result<FoundMessages> find(ImapSession& session, const What& what,
                           const Target& target, bool read_only,
                           bool count_only) {
  auto& client = session.client();
  auto within = client.offers("WITHIN");
  if (!within) return session.at_server(std::move(within).error());
  if (what.query.needs_within && !*within) {
    return session.at_server(
        {ErrorKind::unsupported,
         "older: and newer: with \"or\" or in parentheses need WITHIN, which "
         "the server lacks"});
  }
  imap::SearchKey key;
  const bool long_set =
      target.uids && to_wire(*target.uids).size() > kMaxSearchedSet;
  if (target.uids) {
    key.kind = imap::SearchKey::Kind::uid;
    key.set = long_set ? span_of(*target.uids) : *target.uids;
  } else {
    key = search_key(what.query, *within);
  }
  const bool look = !target.uids && needs_second_look(what.query, *within);
  auto found = client.select_and_search(target.folder, read_only, key,
                                        count_only && !look && !long_set);
  if (!found) return session.at_server(std::move(found).error());
  if (auto fits = check_opened(found->mailbox, target, read_only); !fits) {
    return session.at_server(std::move(fits).error());
  }
  FoundMessages messages;
  messages.folder = target.folder;
  messages.uidvalidity = found->mailbox.uidvalidity.value_or(0);
  messages.uids = std::move(found->search.uids);
  messages.count = found->search.count;
  if (long_set) {
    messages.uids = messages.uids.intersect(*target.uids);
    messages.count = messages.uids.count();
  }
  if (look) {
    auto exact = second_look(client, what.query, *within, messages.uids);
    if (!exact) return session.at_server(std::move(exact).error());
    messages.uids = *std::move(exact);
    messages.count = messages.uids.count();
  }
  const bool all_gone =
      target.uids && messages.count == 0 && to_wire(*target.uids) != "1:*";
  if (all_gone) {
    return session.at_server({ErrorKind::no_such_item,
                              "none of these messages is there",
                              "folder " + printable(target.folder.utf8, 200)});
  }
  return messages;
}

}  // namespace mailtool::app
