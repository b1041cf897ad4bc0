/// \file
/// Explanation: --explain, what would be sent and who would tell what.
#pragma once

#include <string>
#include <vector>

#include "app/imap_session.h"
#include "app/invocation.h"
#include "app/output.h"
#include "mailtool/imap/capability.h"
#include "mailtool/imap/command.h"

namespace mailtool::app {

/// Stands for UIDs that are not known before the server is asked.
inline constexpr std::string_view kUids = "UIDS";

/// The commands in the order they would go out, in flights: those of one flight
/// do not wait for one another's answers.
class Explanation {
 public:
  /// `capabilities` say whether literals would have to be waited for.
  explicit Explanation(const imap::Capabilities& capabilities);
  /// Begun with what was sent in `session` to learn what is to be explained:
  /// it would be sent again. Fails as capabilities() does.
  static Result<Explanation> of(ImapSession& session);

  /// What is sent next waits for the answers to all before it.
  void next_flight() { waits_ = true; }
  void send(const imap::Command& command, std::string condition = "");
  /// A command with something in it that is not known yet, such as kUids; and
  /// what has to be so for it to be sent at all, "" for nothing.
  void send(std::string command, std::string condition = "");
  /// Terms of a query, as typed: who would tell them. Each is named once.
  void on_server(const std::vector<std::string>& terms);
  void here(const std::vector<std::string>& terms);
  /// Something worth knowing: "INBOX: sorted here".
  void note(std::string text);

  /// Would any message be fetched?
  [[nodiscard]] bool fetches() const { return fetches_; }

  /// Round trips after the login; conditional commands count.
  [[nodiscard]] std::size_t round_trips() const { return trips_; }

  /// For people, in the conditional mood; with --json an object a command and
  /// the summary.
  Result<void> write(const Invocation& invocation, Output& out) const;

 private:
  struct Line {
    std::size_t trip;
    std::string command;
    std::string condition;
  };
  void begin();
  Result<void> write_json(Output& out) const;

  imap::LiteralMode literals_;
  std::size_t trips_ = 0;
  bool waits_ = true;
  bool fetches_ = false;
  std::vector<Line> lines_;
  std::vector<std::string> server_;
  std::vector<std::string> here_;
  std::vector<std::string> notes_;
};

}  // namespace mailtool::app
