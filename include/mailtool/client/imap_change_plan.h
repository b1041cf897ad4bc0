/// \file
/// ChangePlan: the commands of an ImapChange, before it is made.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "mailtool/client/imap_client.h"

namespace mailtool::client {

struct PlannedCommand {
  enum class When : std::uint8_t {
    always,
    missing,  ///< CREATE, where the target is not there
    again     ///< the first command once more, after CREATE
  };
  imap::Command command;
  When when = When::always;
  bool waits = true;  ///< for the answer to the command before it
};

struct ChangePlan {
  ChangeMethod method = ChangeMethod::none;
  std::vector<PlannedCommand> commands;
};

/// What ImapClient::change() would send for messages named by `set`, such as
/// "$", where nothing is refused but for want of the target. Sends at most
/// CAPABILITY. Fails with unsupported, as change().
Result<ChangePlan> plan_change(ImapClient& client, const ImapChange& what,
                               std::string_view set);

/// What search_mailboxes() would ask one mailbox for `questions`: with
/// keep_results() the result is to be kept, and more may be asked about it.
std::vector<SearchQuestion> questions_sent(
    const ImapClient& client, std::span<const SearchQuestion> questions);

}  // namespace mailtool::client
