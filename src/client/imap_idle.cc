// Hearing of changes as they happen: IDLE (RFC 2177), NOTIFY (RFC 5465), and
// CHANGEDSINCE (RFC 7162) for what happened meanwhile.

#include <utility>

#include "mailtool/base/printable.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// Takes the answer of one FETCH that names each message by its UID.
class ChangedHandler : public ImapHandler {
 public:
  ChangedHandler(const imap::SequenceSet& uids,
                 const ImapClient::OnMessage& on_message)
      : uids_(uids), on_message_(on_message) {}

  Result<bool> on_data(imap::Response& data) override {
    auto* fetch = std::get_if<imap::FetchData>(&data);
    const bool asked = fetch != nullptr && fetch->uid && fetch->flags &&
                       uids_.contains(*fetch->uid);
    // More answers than messages: counted as unsolicited.
    if (!asked || told_ >= uids_.count()) return false;
    ++told_;
    if (auto taken = on_message_(*fetch); !taken) return taken.error();
    return true;
  }

 private:
  const imap::SequenceSet& uids_;
  const ImapClient::OnMessage& on_message_;
  std::uint64_t told_ = 0;
};

}  // namespace

Result<bool> ImapDialogue::read_within(std::chrono::milliseconds wait) {
  if (dead_) return *dead_;
  if (!reader_->has_unread() && !read_ahead_) {
    const auto ready = stream_.await_readable(wait);
    if (!ready) {
      if (ready.error().kind == ErrorKind::interrupted) return ready.error();
      return die(ready.error());
    }
    if (!*ready) return false;
  }
  if (auto read = read_and_dispatch(); !read) return std::move(read).error();
  return true;
}

bool ImapDialogue::completed(std::uint32_t ticket) {
  const auto* command = find(ticket);
  return command == nullptr || command->completion.has_value();
}

void ImapClient::listen(std::function<void(const imap::Response&)> heard) {
  heard_ = std::move(heard);
}

// idle = "IDLE" CRLF "DONE"                        ; RFC 2177 section 4
Result<void> ImapClient::begin_idle() {
  auto offered = offers("IDLE");
  if (!offered) return std::move(offered).error();
  if (!*offered) {
    return Error{ErrorKind::unsupported, "the server offers no IDLE"};
  }
  auto ticket = dialogue_.send_line("IDLE", "IDLE");
  if (!ticket) return std::move(ticket).error();
  auto turn = dialogue_.next_turn(*ticket);
  if (!turn) return std::move(turn).error();
  if (turn->continues) {
    idle_ticket_ = *ticket;
    return {};
  }
  if (turn->completion.status != imap::Status::ok) {
    return imap_refusal(turn->completion, "IDLE");
  }
  return Error{ErrorKind::protocol, "IDLE was over before it began", "IDLE"};
}

Result<ImapClient::Idle> ImapClient::idle(std::chrono::milliseconds wait) {
  if (dialogue_.completed(*idle_ticket_)) return Idle::ended;
  auto read = dialogue_.read_within(wait);
  if (!read) return std::move(read).error();
  if (!*read) return Idle::nothing;
  return dialogue_.completed(*idle_ticket_) ? Idle::ended : Idle::response;
}

Result<void> ImapClient::end_idle() {
  const auto ticket = *std::exchange(idle_ticket_, std::nullopt);
  // A server that ended it by itself would take DONE for a command.
  if (!dialogue_.completed(ticket)) {
    if (auto sent = dialogue_.send_response("DONE", "DONE"); !sent) {
      return std::move(sent).error().at("DONE");
    }
  }
  auto done = dialogue_.await(ticket);
  if (!done) return std::move(done).error();
  return imap_success(*done, "IDLE");
}

Result<void> ImapClient::noop() {
  imap::CommandBuilder command("NOOP");
  auto done = run_ok(command);
  if (!done) return std::move(done).error();
  return {};
}

// notify = "NOTIFY" SP "SET" [SP status-indicator] SP event-groups
//                                                  ; RFC 5465 section 8
Result<void> ImapClient::notify(std::span<const imap::MailboxName> mailboxes) {
  imap::CommandBuilder command("NOTIFY");
  command.text("SET (SELECTED (MessageNew MessageExpunge FlagChange))");
  command.open().text("MAILBOXES").open();
  for (const auto& mailbox : mailboxes) command.mailbox(mailbox);
  command.close().text("(MessageNew MessageExpunge FlagChange)").close();
  auto done = run_ok(command);
  if (!done) return std::move(done).error();
  return {};
}

Result<void> ImapClient::fetch_changed(const imap::SequenceSet& uids,
                                       std::uint64_t modseq,
                                       const OnMessage& on_message) {
  if (uids.empty()) return {};
  imap::CommandBuilder command("UID FETCH");
  command.set(uids).text("(UID FLAGS)");
  command.text("(CHANGEDSINCE " + std::to_string(modseq) + ")");
  ChangedHandler handler(uids, on_message);
  auto done = run_ok(command, &handler);
  if (!done) return std::move(done).error();
  return {};
}

// store-modifier = "UNCHANGEDSINCE" SP mod-sequence-valzer   ; RFC 7162 section 7
Result<bool> ImapClient::claim_unseen(std::uint32_t uid, std::uint64_t modseq) {
  imap::CommandBuilder command("UID STORE");
  command.set(imap::SequenceSet({{uid, uid}}));
  command.text("(UNCHANGEDSINCE " + std::to_string(modseq) + ")");
  command.text("+FLAGS.SILENT (\\Seen)");
  const auto built = command.build();
  if (!built) return built.error();
  auto done = run(*built, nullptr);
  if (!done) return std::move(done).error();
  // Also with NO, where another part of a command has failed.
  if (done->has_code("MODIFIED")) return false;
  if (auto whole = imap_success(*done, built->name); !whole) {
    return std::move(whole).error();
  }
  return true;
}

}  // namespace mailtool::client
