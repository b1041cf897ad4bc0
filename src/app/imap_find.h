/// \file
/// Finder: the messages that a query means, in one folder or in many.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "app/exit_status.h"
#include "app/imap_explain.h"
#include "app/imap_query_plan.h"
#include "app/imap_sort.h"
#include "app/imap_thread.h"
#include "app/imap_what.h"

namespace mailtool::app {

struct FindOptions {
  bool read_only = true;    ///< EXAMINE
  bool count_only = false;  ///< the UIDs need not be told
  std::optional<SortOrder> sort;
  std::optional<imap::ThreadBy> thread;  ///< not beside `sort`
};

/// "7:*", which a server whose last UID is 5 takes for "5:7" (RFC 9051 section
/// 9, seq-range): what it finds below 7 was not asked for. "*" alone is the last
/// message, and "1:*" all.
[[nodiscard]] bool may_turn_round(const imap::SequenceSet& uids);

/// Asks the server for what it can tell exactly, and looks at the messages that
/// this leaves in doubt. Folders are opened and searched many in a flight.
class Finder {
 public:
  /// Both outlive the finder. Fails with unsupported where the query cannot be
  /// told at all; see plan_query().
  static Result<Finder> make(ImapSession& session, const What& what,
                             FindOptions options);

  /// Called for each folder in the order of the targets; an Error ends it. Not
  /// for one that turns out to be another of `what` by another name.
  using OnFound = std::function<Result<void>(FoundMessages&)>;
  /// Called for a folder that could not be searched, an Error that names the
  /// server; an Error ends it.
  using OnMissed = std::function<Result<void>(Error)>;
  Result<void> run(std::span<const Target> targets, const OnFound& on_found,
                   const OnMissed& on_missed);

  /// What run() would send.
  Result<void> explain(std::span<const Target> targets,
                       Explanation& explanation);
  /// Is what the first search of `target` finds the result, with nothing left
  /// out here?
  [[nodiscard]] bool is_whole(const Target& target) const;

 private:
  Finder(ImapSession& session, const What& what, FindOptions options)
      : session_(session), what_(what), options_(std::move(options)) {}
  [[nodiscard]] const Query& query() const {
    return looked_up_ ? *looked_up_ : what_.query;
  }
  [[nodiscard]] bool threads_on_server(const Target& target) const;
  Result<void> plan();
  Result<Result<void>> look_up(const Target& target);
  [[nodiscard]] std::vector<client::SearchQuestion> questions(
      const Target& target) const;
  [[nodiscard]] std::span<const Target> next_flight(
      std::span<const Target> rest) const;
  Result<std::vector<Result<client::MailboxFound>>> fly(
      std::span<const Target> flight);
  Result<std::vector<Result<client::MailboxFound>>> fly_by_other_names(
      std::vector<Target>& flight,
      std::vector<Result<client::MailboxFound>> found);
  [[nodiscard]] bool named_besides(const std::string& name,
                                   const imap::MailboxName& other);
  Result<FoundMessages> settle(const Target& target,
                               client::MailboxFound& found);
  Result<void> sift(client::MailboxFound& found, FoundMessages& messages);
  Result<void> sort_here(FoundMessages& messages);
  Result<void> thread_here(FoundMessages& messages);
  Result<void> add_unthreaded(FoundMessages& messages,
                              const imap::SequenceSet& found) const;
  Result<void> explain_flight(std::span<const Target> flight,
                              Explanation& explanation);
  void explain_rest(std::span<const Target> flight,
                    Explanation& explanation) const;
  Result<void> fetch(const FoundMessages& from, const imap::SequenceSet& uids,
                     const client::FetchItems& items,
                     const client::ImapClient::OnMessage& on_message);

  ImapSession& session_;
  const What& what_;
  FindOptions options_;
  QueryServer server_;
  QueryPlan plan_;
  bool sort_on_server_ = false;
  bool offers_threads_ = false;
  // Where the query names threads: it without them, and of what UIDVALIDITY.
  std::unique_ptr<Query> looked_up_;
  std::uint32_t looked_up_in_ = 0;
};

/// --explain of a verb that finds messages as `options` say, and fetches `items`
/// of them; `note` may be "".
Result<ExitStatus> explain_reading(const Invocation& invocation,
                                   ImapSession& session, const What& what,
                                   const FindOptions& options,
                                   std::span<const Target> targets,
                                   const client::FetchItems& items,
                                   const std::string& note, Output& out);

/// The same for one folder, as find(); for --explain of verbs that change what
/// is found. `whole` is then set where the first search finds just that.
Result<void> explain_find(ImapSession& session, const What& what,
                          const Target& target, bool read_only,
                          Explanation& explanation, bool* whole = nullptr);

}  // namespace mailtool::app
