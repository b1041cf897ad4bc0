// Searches of a server that looks at so many messages a command and no more:
// MESSAGELIMIT (RFC 9738).

#include <algorithm>
#include <utility>

#include "client/imap_search_parts.h"
#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// What one answer after the other may bring together, in ranges.
constexpr std::size_t kMaxRanges = imap::kMaxRanges;

// "UID 1:23220" and the question itself.
SearchQuestion below(const SearchQuestion& question, std::uint32_t uid) {
  imap::SearchKey among;
  among.kind = imap::SearchKey::Kind::uid;
  among.set = imap::SequenceSet({{1, uid - 1}});
  imap::SearchKey key;
  key.kind = imap::SearchKey::Kind::both;
  key.children = {std::move(among), question.key};
  return {std::move(key), question.count_only, "", false};
}

bool is_cut(const SearchOutcome& found) { return found.looked_from > 1; }

}  // namespace

std::optional<std::uint32_t> stopped_at(const imap::StatusResponse& done) {
  if (done.status != imap::Status::ok || !done.has_code("MESSAGELIMIT")) {
    return std::nullopt;
  }
  const auto words = split(done.code->arguments, ' ');
  const auto uid =
      words.size() < 2 ? std::nullopt : parse_number(words[1], UINT32_MAX);
  if (!uid || *uid == 0) return std::nullopt;
  return static_cast<std::uint32_t>(*uid);
}

Result<void> ImapClient::complete(const SearchQuestion& question,
                                  SearchOutcome& found) {
  while (is_cut(found)) {
    const auto from = found.looked_from;
    auto more = search_once(below(question, from));
    if (!more) return std::move(more).error();
    if (more->looked_from >= from) {
      return Error{ErrorKind::protocol,
                   "MESSAGELIMIT does not come to an end", "SEARCH"};
    }
    auto ranges = found.uids.ranges();
    const auto& next = more->uids.ranges();
    if (ranges.size() + next.size() > kMaxRanges) {
      return Error{ErrorKind::protocol, "answer to SEARCH without end"};
    }
    ranges.insert(ranges.end(), next.begin(), next.end());
    found.uids = imap::SequenceSet(std::move(ranges));
    found.count = question.count_only ? found.count + more->count
                                      : found.uids.count();
    found.looked_from = more->looked_from;
    found.in_pieces = true;
  }
  return {};
}

// In a flight of many another mailbox is selected by now.
Result<void> ImapClient::complete(Result<MailboxFound>& found,
                                  const imap::MailboxName& mailbox,
                                  bool read_only,
                                  std::span<const SearchQuestion> questions,
                                  bool alone) {
  if (!found) return {};
  auto& searches = found->searches;
  if (std::none_of(searches.begin(), searches.end(), is_cut)) return {};
  if (!alone) {
    auto again = search_mailboxes({&mailbox, 1}, read_only, questions);
    if (!again) return std::move(again).error();
    found = std::move(again->front());
    return {};
  }
  for (std::size_t i = 0; i < searches.size(); ++i) {
    auto whole = complete(questions[i], searches[i]);
    if (whole) continue;
    if (dialogue_.settled()) {
      found = std::move(whole).error();
      return {};
    }
    return whole;
  }
  return {};
}

Result<SearchOutcome> ImapClient::search(const imap::SearchKey& key,
                                         bool count_only) {
  const SearchQuestion question{key, count_only, "", false};
  auto found = search_once(question);
  if (!found) return found;
  if (auto whole = complete(question, *found); !whole) {
    return std::move(whole).error();
  }
  return found;
}

}  // namespace mailtool::client
