// UID SEARCH, SORT and THREAD, in many mailboxes: RFC 9051, 4731 and 5256.

#include <deque>
#include <utility>

#include "client/imap_change_run.h"
#include "client/imap_search_handler.h"
#include "client/imap_search_parts.h"
#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/client/imap_search_order.h"

namespace mailtool::client {
namespace {

bool has_charset(const imap::Command& command) {
  return !command.fragments.empty() &&
         (command.fragments.front().octets.find("CHARSET UTF-8") !=
              std::string::npos ||
          command.name == "UID SORT" || command.name == "UID THREAD");
}

// Part of what there is is not presented as all: where it ends, or an Error.
Result<SearchOutcome> outcome_of(const imap::StatusResponse& done,
                                 SearchHandler& handler, bool must_tell) {
  const auto stopped = handler.divisible() ? stopped_at(done) : std::nullopt;
  if (!stopped) {
    if (auto whole = imap_success(done, "SEARCH"); !whole) {
      return std::move(whole).error();
    }
  }
  // RFC 4731 section 3.1: what was asked for by RETURN is told in any case.
  if (must_tell && !handler.answered()) {
    return Error{ErrorKind::protocol, "OK, and no answer before it", "SEARCH"};
  }
  auto outcome = handler.take();
  if (stopped) outcome.looked_from = *stopped;
  return outcome;
}

}  // namespace

bool must_await(const imap::Capabilities& offered, const SearchQuestion& before,
                const SearchQuestion& next) {
  if (offered.has("ESEARCH") || offered.has("IMAP4REV2")) return false;
  return !before.thread || next.thread;
}

// search = "SEARCH" [search-return-opts] SP search-program
// sort = "SORT" SP sort-criteria SP search-criteria   ; RFC 5256 section 5
// thread = "THREAD" SP thread-alg SP search-criteria
Result<imap::Command> ImapClient::search_command(
    const SearchQuestion& question) {
  auto known = capabilities();
  if (!known) return std::move(known).error();
  const bool sorted = !question.sort.empty();
  const bool threaded = question.thread.has_value();
  imap::CommandBuilder command(threaded ? "UID THREAD"
                               : sorted ? "UID SORT"
                                        : "UID SEARCH");
  if (sorted || threaded) {
    command.text(threaded ? std::string(algorithm(*question.thread))
                          : "(" + question.sort + ")");
    command.text(knows_utf8_ ? "UTF-8" : "US-ASCII");
  } else {
    if ((*known)->has("ESEARCH") || (*known)->has("IMAP4REV2")) {
      command.text(question.count_only ? "RETURN (COUNT)"
                   : question.save     ? "RETURN (SAVE ALL)"
                                       : "RETURN (ALL)");
    }
    // RFC 6855 section 3: where it is enabled, UTF-8 goes without saying, and a
    // charset is refused.
    if (imap::needs_charset(question.key) && !utf8_enabled_) {
      command.text("CHARSET UTF-8");
    }
  }
  imap::append_search_program(command, question.key);
  return command.build();
}

// A NO without a code, to a search that names a charset, is how servers older
// than the code BADCHARSET refuse it.
Error ImapClient::search_refusal(const imap::StatusResponse& completion,
                                 bool charset) {
  if (completion.has_code("NOTSAVED")) keep_results_ = false;
  auto refused = imap_refusal(completion, "SEARCH");
  const bool plain_no =
      completion.status == imap::Status::no && !completion.code;
  if (charset && (completion.has_code("BADCHARSET") ||
                  (plain_no && refused.kind == ErrorKind::rejected))) {
    knows_utf8_ = false;
    refused.kind = ErrorKind::unsupported;
  }
  return refused;
}

// One mailbox: its SELECT and the searches behind it.
struct ImapClient::MailboxInFlight {
  struct Search {
    SearchHandler handler;
    bool charset;
    bool returns;  // RETURN was said
    bool all_ordered = false;
    std::uint32_t ticket = 0;
    std::optional<imap::StatusResponse> done;  // awaited before the next
  };
  imap::Command select_it;
  SelectHandler handler;
  std::size_t& budget;
  std::uint32_t ticket = 0;
  std::deque<Search> searches;
};

Result<void> ImapClient::send_searches(
    MailboxInFlight& one, std::span<const SearchQuestion> questions,
    std::span<const imap::Command> searches) {
  auto ticket = dialogue_.send(one.select_it, &one.handler, literal_mode());
  if (!ticket) return std::move(ticket).error();
  one.ticket = *ticket;
  const bool side_by_side =
      capabilities_->has("ESEARCH") || capabilities_->has("IMAP4REV2");
  for (std::size_t i = 0; i < searches.size(); ++i) {
    if (i > 0 && must_await(*capabilities_, questions[i - 1], questions[i])) {
      auto& before = one.searches.back();
      auto done = dialogue_.await(before.ticket);
      if (!done) return std::move(done).error();
      before.done = *std::move(done);
    }
    const bool ordered = !questions[i].sort.empty() || questions[i].thread;
    auto& search = one.searches.emplace_back(MailboxInFlight::Search{
        SearchHandler(questions[i], one.budget, one.handler.mailbox.exists),
        has_charset(searches[i]), side_by_side && !ordered});
    if (i > 0) one.searches[i - 1].handler.followed_by(search.handler);
    const bool all = questions[i].key.kind == imap::SearchKey::Kind::all;
    search.all_ordered = ordered && all;
    ticket = dialogue_.send(searches[i], &search.handler, literal_mode());
    if (!ticket) return std::move(ticket).error();
    search.ticket = *ticket;
  }
  return {};
}

Result<Result<MailboxFound>> ImapClient::await_searches(MailboxInFlight& one) {
  auto opened = dialogue_.await(one.ticket);
  if (!opened) return std::move(opened).error();
  const bool open = opened->status == imap::Status::ok;
  MailboxFound found;
  std::optional<Error> failed;
  for (auto& search : one.searches) {
    auto done = search.done
                    ? Result<imap::StatusResponse>(*std::move(search.done))
                    : dialogue_.await(search.ticket);
    if (!done) return std::move(done).error();
    // Where nothing is selected a search fails, too.
    if (!open || failed) continue;
    // RFC 5256 section 3: "Data: untagged responses: SORT", and likewise THREAD.
    const bool some = one.handler.mailbox.exists > 0;
    const bool must_tell = search.returns || (search.all_ordered && some);
    if (done->status != imap::Status::ok) {
      failed = search_refusal(*done, search.charset);
    } else if (auto told = outcome_of(*done, search.handler, must_tell);
               !told) {
      failed = std::move(told).error();
    } else {
      found.searches.push_back(*std::move(told));
    }
  }
  selected_.reset();
  if (!open) {
    unsafe_login_ = unsafe_login_ || wants_id(*opened);
    return Result<MailboxFound>(
        select_refusal(*opened, one.handler.mailbox.name));
  }
  if (opened->code) apply_code(*opened->code, one.handler.mailbox);
  found.mailbox = std::move(one.handler.mailbox);
  selected_ = found.mailbox;
  if (failed) return Result<MailboxFound>(*std::move(failed));
  return Result<MailboxFound>(std::move(found));
}

Result<std::vector<Result<MailboxFound>>> ImapClient::search_mailboxes(
    std::span<const imap::MailboxName> mailboxes, bool read_only,
    std::span<const SearchQuestion> questions,
    const std::function<void()>& meanwhile) {
  if (mailboxes.size() == 1 && ChangeRun::is_kept(*this, questions)) {
    std::vector<Result<MailboxFound>> kept;
    auto found = select_and_search(mailboxes.front(), read_only,
                                   questions.front().key, false, meanwhile);
    kept.push_back(found ? Result<MailboxFound>(MailboxFound{
                               std::move(found->mailbox),
                               {std::move(found->search)}})
                         : Result<MailboxFound>(std::move(found).error()));
    return kept;
  }
  std::vector<imap::Command> searches;
  for (const auto& question : questions) {
    auto command = search_command(question);
    if (!command) return std::move(command).error();
    searches.push_back(*std::move(command));
  }
  // What the whole flight may bring, in ranges.
  std::size_t budget = imap::kMaxRanges;
  std::deque<MailboxInFlight> flight;
  for (const auto& name : mailboxes) {
    auto select_it = select_command(name, read_only);
    if (!select_it) return std::move(select_it).error();
    flight.push_back({*std::move(select_it),
                      SelectHandler(name, read_only, mailboxes.size() == 1),
                      budget,
                      0,
                      {}});
  }
  selected_.reset();
  saved_.reset();
  for (auto& one : flight) {
    auto sent = send_searches(one, questions, searches);
    if (!sent) return std::move(sent).error();
  }
  if (meanwhile) meanwhile();
  std::vector<Result<MailboxFound>> outcomes;
  for (auto& one : flight) {
    auto outcome = await_searches(one);
    if (!outcome) return std::move(outcome).error();
    outcomes.push_back(*std::move(outcome));
  }
  for (std::size_t i = 0; i < mailboxes.size(); ++i) {
    auto all = complete(outcomes[i], mailboxes[i], read_only, questions,
                        mailboxes.size() == 1);
    if (!all) return std::move(all).error();
  }
  if (!unsafe_login_ || told_id_) return outcomes;
  told_id_ = true;
  if (auto told = identify(); !told) return std::move(told).error();
  // `meanwhile` is told of each flight.
  return search_mailboxes(mailboxes, read_only, questions, meanwhile);
}

Result<ImapClient::Found> ImapClient::select_and_search(
    const imap::MailboxName& mailbox, bool read_only,
    const imap::SearchKey& key, bool count_only,
    const std::function<void()>& meanwhile) {
  const auto questions = saved_questions(key, count_only);
  const bool save = questions.front().save;
  auto found = search_mailboxes({&mailbox, 1}, read_only, questions, meanwhile);
  if (!found) return std::move(found).error();
  auto& outcome = found->front();
  // It can, but will not now (RFC 5182 section 5).
  if (!outcome && save && !keep_results_) {
    return select_and_search(mailbox, read_only, key, count_only, meanwhile);
  }
  // Lenient: SEARCHRES is offered, but not for searches.
  const bool among = !outcome && questions.size() > 1 &&
                     (outcome.error().kind == ErrorKind::protocol ||
                      outcome.error().kind == ErrorKind::rejected);
  if (among) {
    among_keys_.clear();
    return select_and_search(mailbox, read_only, key, count_only, meanwhile);
  }
  if (!outcome) return std::move(outcome).error();
  if (save) note_saved(outcome->searches);
  return Found{std::move(outcome->mailbox),
               std::move(outcome->searches.front())};
}

Result<SearchOutcome> ImapClient::search_once(const SearchQuestion& question) {
  const auto command = search_command(question);
  if (!command) return command.error();
  std::size_t budget = imap::kMaxRanges;
  const std::uint32_t exists = selected_ ? selected_->exists : 0;
  SearchHandler handler(question, budget, exists);
  auto done = run(*command, &handler);
  if (!done) return std::move(done).error();
  if (done->status != imap::Status::ok) {
    return search_refusal(*done, has_charset(*command));
  }
  const bool returns =
      capabilities_->has("ESEARCH") || capabilities_->has("IMAP4REV2");
  return outcome_of(*done, handler, returns);
}

}  // namespace mailtool::client
