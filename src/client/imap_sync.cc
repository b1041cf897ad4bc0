// Mirrors: ENABLE (RFC 5161), EXAMINE with CONDSTORE and QRESYNC, FETCH with
// CHANGEDSINCE (RFC 7162), and whole messages (RFC 9051 section 6.4.5).

#include <span>
#include <utility>

#include "client/imap_search_parts.h"
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

struct Asked {
  imap::Command command;
  imap::SequenceSet uids;
  bool bodies;
};

// fetch = "FETCH" SP sequence-set SP … [SP fetch-modifiers]
Result<std::vector<Asked>> fetches(const SyncQuestion& question) {
  std::vector<Asked> commands;
  const auto add = [&](const imap::SequenceSet& uids, const std::string& items,
                       bool bodies) -> Result<void> {
    for (const auto& set : imap::split_to_wire(uids, kSetOctets)) {
      imap::CommandBuilder command("UID FETCH");
      auto built = command.text(set).text(items).build();
      if (!built) return std::move(built).error();
      commands.push_back(
          {*std::move(built), *imap::parse_sequence_set(set), bodies});
    }
    return {};
  };
  std::string flags = "(UID FLAGS)";
  if (question.changed_since) {
    flags += " (CHANGEDSINCE " + std::to_string(*question.changed_since) + ")";
  }
  auto added = add(question.flags_of, flags, false);
  if (added && !question.one_by_one) {
    added = add(question.bodies_of, kBodyItems, true);
  }
  if (!added) return std::move(added).error();
  return commands;
}

imap::SequenceSet joined(const imap::SequenceSet& a,
                         const imap::SequenceSet& b) {
  auto ranges = a.ranges();
  ranges.insert(ranges.end(), b.ranges().begin(), b.ranges().end());
  return imap::SequenceSet(std::move(ranges));
}

// Of a server that stops at a number of messages (RFC 9738) the rest is still
// to be asked for.
Result<void> note_answer(const imap::StatusResponse& done, const Asked& asked,
                         SyncQuestion& rest) {
  const auto from = stopped_at(done);
  if (!from || *from > asked.uids.ranges().back().last) {
    return imap_success(done, "UID FETCH");
  }
  if (*from == 1) return {};
  const imap::SequenceSet below({{1, *from - 1}});
  auto& into = asked.bodies ? rest.bodies_of : rest.flags_of;
  into = joined(into, asked.uids.intersect(below));
  return {};
}

// `refused` is the first NO or BAD. Fails where the session does.
Result<void> await_answers(ImapDialogue& dialogue,
                           std::span<const std::uint32_t> tickets,
                           std::span<const Asked> asked, SyncQuestion& rest,
                           Result<void>& refused) {
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    auto done = dialogue.await(tickets[i]);
    if (!done) return std::move(done).error();
    auto noted = note_answer(*done, asked[i], rest);
    if (!noted && refused) refused = std::move(noted).error();
  }
  return {};
}

// What is asked for again starts from nothing.
SyncQuestion nothing_of(const SyncQuestion& question) {
  SyncQuestion rest;
  rest.changed_since = question.changed_since;
  return rest;
}

bool is_empty(const SyncQuestion& question) {
  return question.flags_of.empty() && question.bodies_of.empty();
}

Result<imap::Command> fetch_one(std::uint32_t uid) {
  imap::CommandBuilder command("UID FETCH");
  return command.text(std::to_string(uid)).text(kBodyItems).build();
}

// One by one, kTogether in flight. As await_answers().
Result<void> fetch_each(ImapDialogue& dialogue, imap::LiteralMode mode,
                        const imap::SequenceSet& uids, SyncHandler& handler,
                        Result<void>& refused) {
  std::vector<std::uint32_t> tickets;
  const auto await_all = [&]() -> Result<void> {
    for (const auto ticket : std::exchange(tickets, {})) {
      auto done = dialogue.await(ticket);
      if (!done) return std::move(done).error();
      auto whole = imap_success(*done, "UID FETCH");
      if (!whole && refused) refused = std::move(whole).error();
    }
    return {};
  };
  std::uint64_t in_vain = 0;
  for (const auto& range : uids.ranges()) {
    for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
      const auto one = fetch_one(static_cast<std::uint32_t>(uid));
      if (!one) return one.error();
      auto ticket = dialogue.send(*one, &handler, mode);
      if (!ticket) return std::move(ticket).error();
      tickets.push_back(*ticket);
      if (tickets.size() < kTogether) continue;
      const auto before = handler.bodies();
      if (auto all = await_all(); !all) return all;
      in_vain = handler.bodies() == before ? in_vain + kTogether : 0;
      if (in_vain >= kMostInVain) return {};
    }
  }
  return await_all();
}

}  // namespace

// enable = "ENABLE" 1*(SP capability)                ; RFC 5161 section 4
Result<std::optional<std::uint32_t>> ImapClient::begin_enable(
    std::string_view extension) {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  const bool known =
      !selected_ && !raw_may_select_ && (*offered)->has(extension) &&
      ((*offered)->has("ENABLE") || (*offered)->has("IMAP4REV2"));
  if (!known) return std::optional<std::uint32_t>();
  imap::CommandBuilder command("ENABLE");
  const auto built = command.text(extension).build();
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
      auto ticket =
          dialogue_.send(fetch.command, &handler, literal_mode());
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
  auto rest = nothing_of(question);
  Result<void> refused;
  auto answered = await_answers(dialogue_, tickets, *then, rest, refused);
  if (!answered) return answered;
  if (!accepted) return accepted;
  if (!together) return sync(question, receiver);
  return !refused || is_empty(rest) ? refused : sync(rest, receiver);
}

Result<void> ImapClient::sync(const SyncQuestion& question,
                              SyncReceiver& receiver) {
  Result<void> refused;
  const auto ask = [&](const SyncQuestion& now,
                       SyncQuestion& rest) -> Result<void> {
    auto commands = fetches(now);
    if (!commands) return std::move(commands).error();
    SyncHandler handler(now.bodies_of, receiver);
    std::vector<std::uint32_t> tickets;
    for (const auto& one : *commands) {
      auto ticket = dialogue_.send(one.command, &handler, literal_mode());
      if (!ticket) return std::move(ticket).error();
      tickets.push_back(*ticket);
    }
    return await_answers(dialogue_, tickets, *commands, rest, refused);
  };
  auto todo = question;
  if (question.one_by_one) todo.bodies_of = {};
  while (refused && !is_empty(todo)) {
    auto rest = nothing_of(question);
    if (auto asked = ask(todo, rest); !asked) return asked;
    todo = std::move(rest);
  }
  if (!question.one_by_one) return refused;

  SyncHandler handler(question.bodies_of, receiver);
  auto all = fetch_each(dialogue_, literal_mode(), question.bodies_of, handler,
                        refused);
  return all ? refused : all;
}

}  // namespace mailtool::client
