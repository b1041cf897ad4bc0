// --explain of what Finder would do.

#include <algorithm>
#include <utility>

#include "app/imap_explain_notes.h"
#include "app/imap_find.h"
#include "app/imap_thread_term.h"
#include "mailtool/client/imap_change_plan.h"
#include "mailtool/client/imap_fetch_items.h"
#include "mailtool/client/imap_search_order.h"

namespace mailtool::app {
namespace {

// As ImapClient::fetch() words it, with what --explain cannot know.
std::string fetch_command(const client::FetchItems& items) {
  return "UID FETCH " + std::string(kUids) + " " + client::fetch_items(items);
}

std::vector<std::string> without(std::vector<std::string> words,
                                 const std::vector<std::string>& others) {
  std::erase_if(words, [&](const std::string& word) {
    return std::find(others.begin(), others.end(), word) != others.end();
  });
  return words;
}

}  // namespace

Result<void> Finder::explain(std::span<const Target> targets,
                             Explanation& explanation) {
  while (!targets.empty()) {
    const auto flight = next_flight(targets);
    targets = targets.subspan(flight.size());
    std::vector<std::string> made_here;
    if (looked_up_ && !flight.front().uids) {
      auto told = explain_threads(session_, what_.query, flight.front().folder,
                                  options_.read_only, explanation);
      if (!told) return std::move(told).error();
      made_here = *std::move(told);
    }
    auto told = explain_flight(flight, explanation);
    if (!told) return told;
    explain_rest(flight, explanation);
    if (flight.front().uids) continue;
    explanation.on_server(without(plan_.on_server, made_here));
    explanation.here(plan_.here);
  }
  return {};
}

Result<void> Finder::explain_flight(std::span<const Target> flight,
                                    Explanation& explanation) {
  auto& client = session_.client();
  auto offered = client.capabilities();
  if (!offered) return session_.at_server(std::move(offered).error());
  explanation.next_flight();
  for (const auto& target : flight) {
    imap::CommandBuilder select(options_.read_only ? "EXAMINE" : "SELECT");
    const auto select_it = select.mailbox(target.folder).build();
    if (!select_it) return select_it.error();
    explanation.send(*select_it);
    const client::SearchQuestion* before = nullptr;
    auto asked = questions(target);
    if (flight.size() == 1) asked = client::questions_sent(client, asked);
    for (const auto& question : asked) {
      if (before && client::must_await(**offered, *before, question)) {
        explanation.next_flight();
      }
      before = &question;
      auto command = client.search_command(question);
      if (!command) return session_.at_server(std::move(command).error());
      explanation.send(*command);
    }
  }
  return {};
}

// What would be fetched of what was found.
void Finder::explain_rest(std::span<const Target> flight,
                          Explanation& explanation) const {
  const bool look = plan_.check && !flight.front().uids;
  const bool sort = options_.sort && !sort_on_server_ && !options_.count_only;
  const bool thread = options_.thread && !options_.count_only &&
                      !threads_on_server(flight.front());
  for (const auto& target : flight) {
    const auto folder =
        flight.size() > 1 ? " of " + target.folder.utf8 : std::string();
    if (look) {
      explanation.next_flight();
      explanation.send(fetch_command(plan_.items),
                       "for those in doubt" + folder);
    }
    if (sort || thread) {
      explanation.next_flight();
      explanation.send(
          fetch_command(sort ? Sorter(*options_.sort).items()
                             : ThreadMaker(*options_.thread).items()),
          "for those found" + folder);
    }
  }
  if (sort) explanation.note("they would be sorted here");
  if (thread) explanation.note("threads would be made here");
}

Result<ExitStatus> explain_reading(const Invocation& invocation,
                                   ImapSession& session, const What& what,
                                   const FindOptions& options,
                                   std::span<const Target> targets,
                                   const client::FetchItems& items,
                                   const std::string& note, Output& out) {
  auto finder = Finder::make(session, what, options);
  if (!finder) return std::move(finder).error();
  auto explanation = Explanation::of(session);
  if (!explanation) return std::move(explanation).error();
  for (const auto& target : targets) {
    auto told = finder->explain({&target, 1}, *explanation);
    if (!told) return std::move(told).error();
    explanation->next_flight();
    explanation->send(fetch_command(items), "for those found");
  }
  if (!note.empty()) explanation->note(note);
  auto noted = note_names(session, *explanation);
  if (noted) noted = note_compression(session, *explanation);
  if (!noted) return std::move(noted).error();
  auto wrote = explanation->write(invocation, out);
  if (!wrote) return std::move(wrote).error();
  return ExitStatus::ok;
}

Result<void> explain_find(ImapSession& session, const What& what,
                          const Target& target, bool read_only,
                          Explanation& explanation, bool* whole) {
  auto finder = Finder::make(session, what, {read_only, false, {}});
  if (!finder) return std::move(finder).error();
  if (whole != nullptr) *whole = finder->is_whole(target);
  return finder->explain({&target, 1}, explanation);
}

}  // namespace mailtool::app
