// SELECT and EXAMINE: RFC 9051 section 6.3.2. Searches are in
// imap_search_flight.cc.

#include <utility>

#include "client/imap_search_parts.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {

Result<imap::Command> select_command(const imap::MailboxName& mailbox,
                                     bool read_only) {
  imap::CommandBuilder command(read_only ? "EXAMINE" : "SELECT");
  return command.mailbox(mailbox).build();
}

bool wants_id(const imap::StatusResponse& done) {
  return lower(done.text).find("unsafe login") != std::string::npos;
}

Error select_refusal(const imap::StatusResponse& done,
                     const imap::MailboxName& mailbox) {
  auto refused = imap_refusal(done, "SELECT " + printable(mailbox.utf8, 200));
  // Of old servers a NO without a code says that there is no such mailbox.
  if (!done.code && refused.kind == ErrorKind::rejected) {
    refused.kind = ErrorKind::no_such_item;
  }
  return refused;
}

Result<SelectedMailbox> ImapClient::settle_select(
    const imap::StatusResponse& done) {
  if (done.status == imap::Status::ok) return *selected_;
  const auto mailbox = std::exchange(selected_, std::nullopt)->name;
  return select_refusal(done, mailbox);
}

Result<SelectedMailbox> ImapClient::select(const imap::MailboxName& mailbox,
                                           bool read_only) {
  const auto command = select_command(mailbox, read_only);
  if (!command) return command.error();
  const auto attempt = [&] {
    selected_.emplace().name = mailbox;
    selected_->read_only = read_only;
    saved_.reset();
    return run(*command, nullptr);
  };
  auto done = attempt();
  if (done && wants_id(*done)) {
    if (auto told = identify(); !told) return std::move(told).error();
    done = attempt();
  }
  if (!done) return std::move(done).error();
  return settle_select(*done);
}

Result<void> ImapClient::begin_select(const imap::MailboxName& mailbox,
                                      bool read_only) {
  const auto command = select_command(mailbox, read_only);
  if (!command) return command.error();
  selected_.emplace().name = mailbox;
  selected_->read_only = read_only;
  saved_.reset();
  auto ticket = dialogue_.send(*command, nullptr, literal_mode());
  if (!ticket) return std::move(ticket).error();
  select_ticket_ = *ticket;
  return {};
}

Result<SelectedMailbox> ImapClient::finish_select() {
  auto done = dialogue_.await(select_ticket_);
  if (!done) return std::move(done).error();
  if (!wants_id(*done)) return settle_select(*done);
  return select(selected_->name, selected_->read_only);
}

}  // namespace mailtool::client
