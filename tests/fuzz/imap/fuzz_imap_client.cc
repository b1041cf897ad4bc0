// A hostile server: the input is all it ever says, the first octet how much at
// a time. The client must end, whatever it is asked to do.

#include <cstdint>
#include <cstdlib>

#include "fuzz/imap/hostile_server.h"
#include "mailtool/client/imap_client.h"

namespace {

using namespace mailtool;

// Each message is in one set of the report, whatever the server says.
void check(const client::ChangeReport& report, const imap::SequenceSet& uids) {
  std::uint64_t sum = 0;
  for (const auto* set :
       {&report.changed, &report.gone, &report.unchanged, &report.unknown,
        &report.copied_only, &report.marked_only}) {
    if (!set->minus(uids).empty()) std::abort();
    sum += set->count();
  }
  if (sum != uids.count() && !uids.empty()) std::abort();
}

void talk(client::ImapClient& client) {
  const auto inbox = *imap::mailbox_from_utf8("INBOX");
  if (!client.authenticated() && !client.login("bob", Secret("x"))) return;
  client::ListQuestion question;
  question.status = question.special_use = true;
  (void)client.list(question);
  const auto found = client.select_and_search(inbox, false, {});
  const auto uids = found && !found->search.uids.empty()
                        ? found->search.uids.first(10)
                        : *imap::parse_sequence_set("1:3");
  client::FetchItems items;
  items.envelope = items.body_structure = items.size = true;
  const auto ignore = [](imap::FetchData&) -> Result<void> { return {}; };
  (void)client.fetch(uids, items, ignore);
  StringSink sink(1024 * 1024);
  (void)client.fetch_body(1, {}, sink);
  client::ImapChange what;
  what.to = inbox;
  what.allow_marked = what.create = true;
  check(client.change(what, uids), uids);
  client.keep_results(true);
  const auto moved = client.search_and_change(inbox, {}, what);
  if (moved) check(moved->report, moved->found.search.uids);
  client.logout();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  if (n == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  auto server = test::hostile_server(text);
  client::ImapClient client(server);
  if (client.open(false)) talk(client);
  return 0;
}
