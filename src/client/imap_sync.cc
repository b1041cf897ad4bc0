// Mirrors: ENABLE (RFC 5161), EXAMINE with CONDSTORE and QRESYNC, FETCH with
// CHANGEDSINCE (RFC 7162), and whole messages (RFC 9051 section 6.4.5).

#include <utility>

#include "client/imap_sync_handler.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// Longest sequence set on one line: RFC 7162 section 4 asks servers for 8192
// octets in all.
constexpr std::size_t kSetOctets = 8000;
// Of bodies that are asked for one by one, so many commands at a time; after so
// many in a row that bring none, no more are asked for.
constexpr std::size_t kTogether = 1000;
constexpr std::uint64_t kMostInVain = 100'000;
constexpr const char* kBodyItems = "(UID FLAGS INTERNALDATE BODY.PEEK[])";

// select-param = … / "CONDSTORE" / "QRESYNC" SP "(" uidvalidity SP
//                mod-sequence-value [SP known-uids] … ")"  ; RFC 7162 section 7
Result<imap::Command> examine(const SyncStart& start) {
  imap::CommandBuilder command("EXAMINE");
  command.mailbox(start.mailbox);
  if (start.since) {
    command.text("(QRESYNC (" + std::to_string(start.since->uidvalidity) + " " +
                 std::to_string(start.since->modseq) + "))");
  } else if (start.condstore) {
    command.text("(CONDSTORE)");
  }
  return command.build();
}

// fetch = "FETCH" SP sequence-set SP … [SP fetch-modifiers]
Result<std::vector<imap::Command>> fetches(const SyncQuestion& question) {
  std::vector<imap::Command> commands;
  const auto add = [&](const imap::SequenceSet& uids, const std::string& items)
      -> Result<void> {
    for (const auto& set : imap::split_to_wire(uids, kSetOctets)) {
      imap::CommandBuilder command("UID FETCH");
      auto built = command.text(set).text(items).build();
      if (!built) return std::move(built).error();
      commands.push_back(*std::move(built));
    }
    return {};
  };
  std::string flags = "(UID FLAGS)";
  if (question.changed_since) {
    flags += " (CHANGEDSINCE " + std::to_string(*question.changed_since) + ")";
  }
  if (auto added = add(question.flags_of, flags); !added) return added.error();
  if (question.one_by_one) return commands;
  if (auto added = add(question.bodies_of, kBodyItems); !added) {
    return std::move(added).error();
  }
  return commands;
}

Result<imap::Command> fetch_one(std::uint32_t uid) {
  imap::CommandBuilder command("UID FETCH");
  return command.text(std::to_string(uid)).text(kBodyItems).build();
}

}  // namespace

Result<std::optional<std::uint32_t>> ImapClient::begin_enable_qresync() {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  const bool known = !selected_ && (*offered)->has("QRESYNC") &&
                     ((*offered)->has("ENABLE") || (*offered)->has("IMAP4REV2"));
  if (!known) return std::optional<std::uint32_t>();
  imap::CommandBuilder command("ENABLE");
  const auto built = command.text("QRESYNC").build();
  if (!built) return built.error();
  auto ticket = dialogue_.send(*built, nullptr, literal_mode());
  if (!ticket) return std::move(ticket).error();
  return std::optional(*ticket);
}

Result<bool> ImapClient::finish_enable(std::uint32_t ticket) {
  auto done = dialogue_.await(ticket);
  if (!done) return std::move(done).error();
  return done->status == imap::Status::ok;
}

// What is still to be said of the mailbox selected before must not be taken for
// this one's: its answers come before those to what is sent here. Never CLOSE,
// which would expunge. Without UNSELECT a first EXAMINE leaves the old mailbox,
// and what comes before its answer is dropped.
Result<std::optional<std::uint32_t>> ImapClient::leave_before(
    const SyncStart& start) {
  const bool may_be = std::exchange(raw_may_select_, false);
  if (!selected_ && !may_be) return std::optional<std::uint32_t>();
  const bool unselect = capabilities_ && (capabilities_->has("UNSELECT") ||
                                          capabilities_->has("IMAP4REV2"));
  if (!unselect && !start.since) return std::optional<std::uint32_t>();
  imap::CommandBuilder leave(unselect ? "UNSELECT" : "EXAMINE");
  if (!unselect) leave.mailbox(start.mailbox);
  const auto built = leave.build();
  if (!built) return built.error();
  auto ticket = dialogue_.send(*built, nullptr, literal_mode());
  if (!ticket) return std::move(ticket).error();
  return std::optional(*ticket);
}

Result<void> ImapClient::sync(const SyncStart& start,
                              const SyncQuestion& question,
                              SyncReceiver& receiver) {
  const auto command = examine(start);
  if (!command) return command.error();
  auto then = fetches(question);
  if (!then) return std::move(then).error();

  auto left = leave_before(start);
  if (!left) return std::move(left).error();
  SyncHandler handler(question.bodies_of, receiver);
  handler.drop(!start.since);
  auto first = dialogue_.send(*command, &handler, literal_mode());
  if (!first) return std::move(first).error();
  select_ticket_ = *first;
  // In the same flight, unless there are so many that answers would have to be
  // read before all are sent.
  std::vector<std::uint32_t> tickets;
  const bool together = then->size() <= 2 && !question.one_by_one;
  if (together) {
    for (const auto& fetch : *then) {
      auto ticket = dialogue_.send(fetch, &handler, literal_mode());
      if (!ticket) return std::move(ticket).error();
      tickets.push_back(*ticket);
    }
  }
  if (*left) {
    auto done = dialogue_.await(**left);
    if (!done) return std::move(done).error();
  }
  selected_.emplace().name = start.mailbox;
  selected_->read_only = true;
  auto opened = dialogue_.await(select_ticket_);
  if (!opened) return std::move(opened).error();
  auto mailbox = settle_select(*opened);
  auto accepted = mailbox ? receiver.opened(*mailbox)
                          : Result<void>(std::move(mailbox).error());
  handler.drop(!accepted);
  Result<void> asked;
  for (const auto ticket : tickets) {
    auto done = dialogue_.await(ticket);
    if (!done) return std::move(done).error();
    if (auto whole = imap_success(*done, "UID FETCH"); !whole && asked) {
      asked = std::move(whole).error();
    }
  }
  if (!accepted) return accepted;
  return together ? asked : sync(question, receiver);
}

Result<void> ImapClient::sync(const SyncQuestion& question,
                              SyncReceiver& receiver) {
  auto commands = fetches(question);
  if (!commands) return std::move(commands).error();
  SyncHandler handler(question.bodies_of, receiver);
  std::vector<std::uint32_t> tickets;
  Result<void> asked;
  const auto send = [&](const imap::Command& command) -> Result<void> {
    auto ticket = dialogue_.send(command, &handler, literal_mode());
    if (!ticket) return std::move(ticket).error();
    tickets.push_back(*ticket);
    return {};
  };
  const auto await_all = [&]() -> Result<void> {
    for (const auto ticket : std::exchange(tickets, {})) {
      auto done = dialogue_.await(ticket);
      if (!done) return std::move(done).error();
      if (auto whole = imap_success(*done, "UID FETCH"); !whole && asked) {
        asked = std::move(whole).error();
      }
    }
    return {};
  };
  for (const auto& command : *commands) {
    if (auto sent = send(command); !sent) return sent;
  }
  if (!question.one_by_one) {
    auto all = await_all();
    return all ? asked : all;
  }
  std::uint64_t in_vain = 0;
  for (const auto& range : question.bodies_of.ranges()) {
    for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
      const auto one = fetch_one(static_cast<std::uint32_t>(uid));
      if (!one) return one.error();
      if (auto sent = send(*one); !sent) return sent;
      if (tickets.size() < kTogether) continue;
      const auto before = handler.bodies();
      if (auto all = await_all(); !all) return all;
      in_vain = handler.bodies() == before ? in_vain + kTogether : 0;
      if (in_vain >= kMostInVain) return asked;
    }
  }
  auto all = await_all();
  return all ? asked : all;
}

}  // namespace mailtool::client
