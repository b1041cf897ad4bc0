#include "app/imap_change_at_once.h"

#include <utility>

#include "app/imap_find.h"
#include "app/imap_query_plan.h"

namespace mailtool::app {
namespace {

// A set of UIDs longer than this is not searched for in one line.
constexpr std::size_t kOneLine = 8000;

}  // namespace

Result<std::optional<imap::SearchKey>> key_at_once(ImapSession& session,
                                                   const Prepared& prepared,
                                                   const Change& change,
                                                   const Target& target) {
  const auto later = std::optional<imap::SearchKey>();
  auto& client = session.client();
  if (!prepared.expected.any() || change.decide || target.uidvalidity) {
    return later;
  }
  auto can = client.may_change_at_once(change.what);
  if (!can) return session.at_server(std::move(can).error());
  if (!*can) return later;
  imap::SearchKey key;
  if (target.uids) {
    if (to_wire(*target.uids).size() > kOneLine) return later;
    if (may_turn_round(*target.uids)) return later;
    key.kind = imap::SearchKey::Kind::uid;
    key.set = *target.uids;
    return std::optional(std::move(key));
  }
  auto offered = client.capabilities();
  if (!offered) return session.at_server(std::move(offered).error());
  auto server = query_server(**offered);
  server.utf8 = client.knows_utf8();
  if (!is_whole_on_server(prepared.what.query, server)) return later;
  return std::optional(whole_key(prepared.what.query, server));
}

}  // namespace mailtool::app
