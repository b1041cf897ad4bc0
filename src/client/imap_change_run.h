/// \file
/// ChangeRun: one ImapChange, from the first command to the report.
#pragma once

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
  /// What follows the answers to the first steps.
  ChangeReport settle(ChangeMethod method, SweepOutcome sweep);
  SweepOutcome with_target(ChangeMethod method, SweepOutcome sweep);

 private:
  [[nodiscard]] SweepStep to_target(const char* verb) const;
  /// Of what has been marked; `begun` are then those marked and still there, or
  /// perhaps still there.
  SweepOutcome expunge(SweepOutcome marked);
  void look_again(SweepOutcome& gone);
  void take_copies(const SweepOutcome& sweep);
  void remove_originals(ChangeMethod method, SweepOutcome copy);
  [[nodiscard]] bool uidplus() const;

  ImapClient& client_;
  const ImapChange& what_;
  ChangeReport report_;
};

}  // namespace mailtool::client
