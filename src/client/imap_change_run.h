/// \file
/// ChangeRun: one ImapChange, from the first command to the report.
#pragma once

#include <span>
#include <vector>

#include "client/imap_sweep.h"
#include "mailtool/client/imap_change.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {

class ChangeRun {
 public:
  ChangeRun(ImapClient& client, const ImapChange& what)
      : client_(client), what_(what) {}

  ChangeReport run(const imap::SequenceSet& uids);

  /// How this server is asked for it. Fails with unsupported, and as
  /// ImapClient::capabilities().
  Result<ChangeMethod> method();
  [[nodiscard]] std::vector<SweepStep> first_steps(ChangeMethod method) const;
  /// What follows for the messages these were obeyed for, each step in a flight
  /// of its own.
  [[nodiscard]] static std::vector<SweepStep> later_steps(ChangeMethod method);

  /// Is one mailbox asked to keep what is found? See ImapClient::keep_results().
  [[nodiscard]] static bool is_kept(const ImapClient& client,
                                    std::span<const SearchQuestion> questions);
  [[nodiscard]] static std::vector<SearchQuestion> questions_sent(
      const ImapClient& client, std::span<const SearchQuestion> questions);

  /// What follows the answers to the first steps.
  ChangeReport settle(ChangeMethod method, SweepOutcome sweep);
  /// Would the server keep the flags that are to be set and cleared, beyond
  /// the session? Fails with unsupported.
  [[nodiscard]] Result<void> check_kept(ChangeMethod method) const;
  SweepOutcome with_target(ChangeMethod method, SweepOutcome sweep);

 private:
  [[nodiscard]] SweepStep to_target(const char* verb) const;
  /// Of what has been marked; `begun` are then those marked and still there, or
  /// perhaps still there.
  SweepOutcome expunge(SweepOutcome marked);
  void look_again(SweepOutcome& gone);
  static void believe_copies(SweepOutcome& sweep);
  void take_copies(const SweepOutcome& sweep);
  void remove_originals(ChangeMethod method, SweepOutcome copy);
  [[nodiscard]] bool uidplus() const;

  ImapClient& client_;
  const ImapChange& what_;
  ChangeReport report_;
};

}  // namespace mailtool::client
