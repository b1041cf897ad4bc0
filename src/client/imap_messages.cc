// UID FETCH: RFC 9051 section 6.4.5.

#include <algorithm>
#include <utility>

#include "client/imap_fetch_handler.h"
#include "client/imap_search_parts.h"
#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/client/imap_fetch_items.h"

namespace mailtool::client {
namespace {

// Longest sequence set on one line: RFC 7162 section 4 asks servers for 8192
// octets in all.
constexpr std::size_t kSetOctets = 8000;

}  // namespace

std::string fetch_items(const FetchItems& items) {
  std::string words = "(UID";
  if (items.flags) words += " FLAGS";
  if (items.size) words += " RFC822.SIZE";
  if (items.internal_date) words += " INTERNALDATE";
  if (items.modseq) words += " MODSEQ";
  if (items.envelope) words += " ENVELOPE";
  if (items.body_structure) words += " BODYSTRUCTURE";
  if (items.save_date) words += " SAVEDATE";
  if (items.preview) words += " PREVIEW";
  if (items.email_id) words += " EMAILID";
  if (items.thread_id) words += " THREADID";
  if (!items.header_fields.empty()) {
    words += " BODY.PEEK[HEADER.FIELDS (";
    for (const auto& field : items.header_fields) {
      if (!words.ends_with('(')) words += ' ';
      words += upper(field);
    }
    words += ")]";
  }
  return words + ")";
}

// About so many octets tell of one message.
std::uint64_t octets_of(const FetchItems& items) {
  return 60 + (items.envelope ? 350U : 0U) +
         (items.body_structure ? 400U : 0U) + (items.preview ? 250U : 0U) +
         (items.save_date ? 40U : 0U) + 60 * items.header_fields.size();
}

Result<imap::SequenceSet> ImapClient::fetch_once(
    const imap::SequenceSet& uids, const std::string& items,
    ImapHandler& handler, std::optional<Error>& refused) {
  const auto sets = imap::split_to_wire(uids, kSetOctets);
  std::vector<std::uint32_t> tickets;
  for (const auto& set : sets) {
    imap::CommandBuilder command("UID FETCH");
    auto built = command.text(set).text(items).build();
    if (!built) return std::move(built).error();
    auto ticket = dialogue_.send(*built, &handler, literal_mode());
    if (!ticket) return std::move(ticket).error();
    tickets.push_back(*ticket);
  }
  std::vector<imap::Range> left;
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    auto done = dialogue_.await(tickets[i]);
    if (!done) return std::move(done).error();
    const auto asked = *imap::parse_sequence_set(sets[i]);
    const auto last = stopped_at(*done);
    if (last && *last > 1 && *last <= asked.ranges().back().last) {
      const imap::SequenceSet below({{1, *last - 1}});
      const auto rest = asked.intersect(below);
      left.insert(left.end(), rest.ranges().begin(), rest.ranges().end());
      continue;
    }
    if (last == 1U) continue;
    const auto whole = imap_success(*done, "UID FETCH");
    if (!whole && !refused) refused = whole.error();
  }
  return imap::SequenceSet(std::move(left));
}

Result<imap::SequenceSet> ImapClient::fetch(const imap::SequenceSet& uids,
                                            const FetchItems& items,
                                            const OnMessage& on_message) {
  const auto most = selected_ ? selected_->exists : 0;
  auto ready = expect(octets_of(items) * std::min<std::uint64_t>(most, uids.count()));
  if (!ready) return std::move(ready).error();
  FetchHandler handler(uids, items, on_message);
  const auto words = fetch_items(items);
  std::optional<Error> refused;
  auto left = uids;
  while (!left.empty() && !refused) {
    auto rest = fetch_once(left, words, handler, refused);
    if (!rest) return rest;
    left = *std::move(rest);
  }
  auto seen = handler.finish();
  if (refused && seen) return *std::move(refused);
  return seen;
}

}  // namespace mailtool::client
