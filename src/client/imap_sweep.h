/// \file
/// ImapSweep: one or two commands over a set of messages, in as few lines as
/// the server takes, with an account of what became of each message.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/client/imap_client.h"

namespace mailtool::client {

/// "UID MOVE" and what follows the set.
struct SweepStep {
  std::string verb;
  std::function<void(imap::CommandBuilder&)> rest;
};

/// What became of the messages; the sets are disjoint.
struct SweepOutcome {
  imap::SequenceSet done;       ///< every step was answered by OK
  imap::SequenceSet gone;       ///< "OK No messages found"
  imap::SequenceSet unchanged;  ///< the first step was refused, or never sent
  imap::SequenceSet begun;      ///< some step was answered by OK, not every one
  imap::SequenceSet unknown;    ///< sent, and no step was answered
  std::vector<imap::CopyUid> copied;  ///< each within what was asked for
  bool copied_others = false;         ///< it says
  std::uint64_t commands = 0;         ///< answered by OK, of the first step
  std::uint64_t expunged = 0;
  std::optional<Error> error;  ///< the first
};

/// All that it says was copied.
[[nodiscard]] imap::SequenceSet copied_from(const SweepOutcome& sweep);

class ImapSweep {
 public:
  /// A line longer than this is not sent; RFC 7162 section 4 asks servers to
  /// take 8192 octets. Halved when a server answers BAD, down to kLeastOctets.
  static constexpr std::size_t kMostOctets = 8000;
  static constexpr std::size_t kLeastOctets = 1000;

  /// \pre there are one or two steps; `uids` is not empty
  ImapSweep(ImapClient& client, std::vector<SweepStep> steps);
  ~ImapSweep();

  /// All of `uids`, by "$" where that is what the server has saved, and unless
  /// that is too much for its MESSAGELIMIT.
  SweepOutcome run(const imap::SequenceSet& uids);

  /// The same in two halves: commands that name "$" go out before it is known
  /// what that is; then it is known to be `uids`, and the answers are taken.
  void begin_saved();
  SweepOutcome finish_saved(const imap::SequenceSet& uids);
  /// The same where it never was known what "$" is, at most `exists` messages:
  /// the sets hold what the server says it has copied.
  SweepOutcome finish_unfound(std::uint64_t exists);

 private:
  class Handler;
  struct Flying {
    imap::SequenceSet uids;
    bool saved = false;
    std::vector<std::uint32_t> tickets;
    std::unique_ptr<Handler> handler;
  };

  using Ranges = std::vector<imap::Range>;
  using Answers = std::vector<std::optional<imap::StatusResponse>>;

  void plan(const imap::SequenceSet& uids);
  void pump();
  void send(imap::SequenceSet uids, bool saved);
  void settle(Flying part);
  [[nodiscard]] Answers answers_to(const Flying& part);
  [[nodiscard]] bool again_shorter(const Flying& part,
                                   const imap::StatusResponse& first);
  [[nodiscard]] bool again_fewer(const Flying& part,
                                 const imap::StatusResponse& first);
  void put_back(std::deque<imap::SequenceSet> parts);
  void settle_ok(const Flying& part, const Answers& answers);
  void fail(Error error);
  SweepOutcome take(const imap::SequenceSet& uids);

  ImapClient& client_;
  std::vector<SweepStep> steps_;
  bool by_saved_ = false;
  std::deque<imap::SequenceSet> todo_;
  std::deque<Flying> flying_;
  SweepOutcome outcome_;  // all but its sets
  // Those, put together at the end: there may be very many parts.
  Ranges done_, gone_, unchanged_, begun_, unknown_;
};

}  // namespace mailtool::client
