/// \file
/// FetchBench: one maildrop, one Maildir, and fetches between them.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "app/fetch_session.h"
#include "fault/maildrop_server.h"
#include "support/temp_dir.h"

namespace mailtool::test {

/// `count` messages with unique contents of about `octets` each, dots and all.
std::vector<StoredMessage> some_messages(std::size_t count,
                                         std::size_t octets = 200);

/// What one run said.
struct FetchRun {
  app::ExitStatus status = app::ExitStatus::ok;
  std::string error;   ///< of the Error that ended it; empty when none did
  std::string output;  ///< stdout
  std::size_t connections = 0;
  std::vector<std::string> commands;  ///< of all connections
  std::size_t sent_octets = 0;

  /// How many commands of this verb there were.
  [[nodiscard]] std::size_t seen(std::string_view verb) const;
};

class FetchBench {
 public:
  explicit FetchBench(std::vector<StoredMessage> messages);
  FetchBench(const FetchBench&) = delete;
  FetchBench& operator=(const FetchBench&) = delete;

  /// One fetch in this process. `options` as from the command line; the
  /// destination is the Maildir unless there are destinations.
  FetchRun fetch(app::FetchOptions options, ServerFaults faults = {},
                 bool json = false);
  /// The same in a process of its own, after `before`. Returns the status of
  /// waitpid.
  int fetch_in_child(const app::FetchOptions& options,
                     const ServerFaults& faults, void (*before)());

  /// Options with the Maildir as destination, and --delete.
  [[nodiscard]] app::FetchOptions remove() const;
  [[nodiscard]] app::FetchOptions keep() const;

  /// As if all that the journals know had happened so much earlier.
  void let_pass(std::chrono::seconds time);
  /// The lines of all journals: mark, unique-id and size.
  [[nodiscard]] std::vector<std::string> journal() const;

  SharedMaildrop& maildrop() { return maildrop_; }
  [[nodiscard]] std::string maildir() const;
  [[nodiscard]] std::string state() const;

  /// Contents of new and cur, and how often each is there.
  [[nodiscard]] std::map<std::string, int> delivered() const {
    return delivered(maildir());
  }
  [[nodiscard]] static std::map<std::string, int> delivered(
      const std::string& maildir);
  [[nodiscard]] std::size_t temporary_files() const;

  /// Empty when what must hold at any moment holds: nothing in the Maildir is
  /// cut or foreign, and what is deleted on the server is in the Maildir.
  [[nodiscard]] std::string violation() const { return violation(maildir()); }
  [[nodiscard]] std::string violation(const std::string& maildir) const;
  /// Empty when also every message is there, once.
  [[nodiscard]] std::string incomplete() const;

 private:
  TempDir folder_;
  SharedMaildrop maildrop_;
};

/// As a Maildir holds it.
[[nodiscard]] std::string with_lf(std::string content);

}  // namespace mailtool::test
