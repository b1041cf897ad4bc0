// Commands about many mailboxes, all in one flight.

#include <array>
#include <memory>
#include <utility>

#include "client/imap_status_handler.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// One command of a flight: sent, or why it could not be.
struct Sent {
  std::optional<std::uint32_t> ticket;
  std::optional<Error> unfit;
};

constexpr std::string_view name_of(ImapClient::MailboxVerb verb) {
  using enum ImapClient::MailboxVerb;
  switch (verb) {
    case create: return "CREATE";
    case remove: return "DELETE";
    case subscribe: return "SUBSCRIBE";
    case unsubscribe: return "UNSUBSCRIBE";
  }
  return "";
}

// Of old servers a NO without a code says that there is no such mailbox.
void note_missing(const imap::StatusResponse& done, Result<void>& outcome) {
  if (outcome || done.code) return;
  if (outcome.error().kind != ErrorKind::rejected) return;
  outcome.error().kind = ErrorKind::no_such_item;
}

}  // namespace

Result<std::vector<Result<void>>> ImapClient::for_each(MailboxVerb verb,
                                                       MailboxNames mailboxes) {
  std::vector<Sent> flight;
  for (const auto& mailbox : mailboxes) {
    imap::CommandBuilder command(name_of(verb));
    const auto built = command.mailbox(mailbox).build();
    if (!built) {
      flight.push_back({std::nullopt, built.error()});
      continue;
    }
    auto ticket = dialogue_.send(*built, nullptr, literal_mode());
    if (!ticket) return std::move(ticket).error();
    flight.push_back({*ticket, std::nullopt});
  }
  std::vector<Result<void>> outcomes;
  for (auto& one : flight) {
    if (!one.ticket) {
      outcomes.emplace_back(*std::move(one.unfit));
      continue;
    }
    auto done = dialogue_.await(*one.ticket);
    if (!done) return std::move(done).error();
    auto outcome = imap_success(*done, name_of(verb));
    // What else could be wrong with a name on a list?
    if (verb == MailboxVerb::subscribe) note_missing(*done, outcome);
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

Result<std::vector<Result<imap::StatusData>>> ImapClient::status_of_each(
    MailboxNames mailboxes, bool only_changes) {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  const auto items = status_items(**offered, only_changes);
  std::vector<Sent> flight;
  std::vector<std::unique_ptr<StatusHandler>> handlers;
  for (const auto& mailbox : mailboxes) {
    handlers.push_back(std::make_unique<StatusHandler>(mailbox.wire));
    imap::CommandBuilder command("STATUS");
    const auto built = command.mailbox(mailbox).text(items).build();
    if (!built) {
      flight.push_back({std::nullopt, built.error()});
      continue;
    }
    auto ticket = dialogue_.send(*built, handlers.back().get(), literal_mode());
    if (!ticket) return std::move(ticket).error();
    flight.push_back({*ticket, std::nullopt});
  }
  std::vector<Result<imap::StatusData>> outcomes;
  for (std::size_t i = 0; i < flight.size(); ++i) {
    if (!flight[i].ticket) {
      outcomes.emplace_back(*std::move(flight[i].unfit));
      continue;
    }
    auto done = dialogue_.await(*flight[i].ticket);
    if (!done) return std::move(done).error();
    if (auto well = imap_success(*done, "STATUS"); !well) {
      note_missing(*done, well);
      outcomes.emplace_back(std::move(well).error());
    } else if (!handlers[i]->found) {
      outcomes.emplace_back(
          Error{ErrorKind::protocol, "the server sent no STATUS", "STATUS"});
    } else {
      outcomes.emplace_back(*std::move(handlers[i]->found));
    }
  }
  return outcomes;
}

// create = "CREATE" SP mailbox [SP "(USE (" use-attr "))"] ; RFC 6154 section 6
Result<void> ImapClient::create_with_use(const imap::MailboxName& mailbox,
                                         std::string_view use) {
  auto offered = offers("CREATE-SPECIAL-USE");
  if (!offered) return std::move(offered).error();
  if (!*offered) {
    return Error{ErrorKind::unsupported,
                 "the server gives no role to a new folder", "CREATE"};
  }
  imap::CommandBuilder command("CREATE");
  command.mailbox(mailbox).text("(USE (" + std::string(use) + "))");
  auto done = run_ok(command);
  if (!done) return std::move(done).error();
  return {};
}

}  // namespace mailtool::client
