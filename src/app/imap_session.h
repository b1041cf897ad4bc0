/// \file
/// ImapSession: a connection to the server of this command, logged in.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/connect.h"
#include "app/imap_folder_name.h"
#include "app/invocation.h"
#include "app/server_url.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::app {

class ImapSession {
 public:
  /// The session for `invocation`: that of its batch, or else connect(). A verb
  /// lets go of it when it is done.
  static Result<std::shared_ptr<ImapSession>> start(
      const Invocation& invocation);
  /// Connects, secures as --tls says, logs in where a user is named. Errors
  /// name the server. \pre `invocation` outlives the session
  static Result<std::shared_ptr<ImapSession>> connect(
      const Invocation& invocation);
  /// The same over a Connector that other sessions share, to the server that
  /// server_of() found. `quiet`: --quiet.
  static Result<std::shared_ptr<ImapSession>> connect(
      std::shared_ptr<Connector> connector, const ServerUrl& url, bool quiet);
  /// The server of this command. Fails with usage.
  static Result<ServerUrl> server_of(const Invocation& invocation);
  /// Says LOGOUT unless the session has failed.
  ~ImapSession();
  ImapSession(const ImapSession&) = delete;
  ImapSession& operator=(const ImapSession&) = delete;

  [[nodiscard]] client::ImapClient& client() { return client_; }

  /// What the server offered to those it did not know yet; empty where it
  /// knew us from the start.
  [[nodiscard]] const imap::Capabilities& before_login() const {
    return before_login_;
  }

  /// A folder as the user named it; "@trash" and its like are looked up once:
  /// by what the server says, else by the usual names, and then stderr says so;
  /// "@@trash" is a folder called "@trash", see name_meant(). Fails with usage
  /// (no legal name) or no_such_item (no such role).
  Result<imap::MailboxName> folder(const std::string& name);

  /// To be asked when a command was refused: may it be that a folder is called
  /// otherwise here? Where the server keeps the user's folders below a prefix
  /// (RFC 2342), or has another delimiter than "/", names that folder() gave as
  /// they were typed are looked up. Where the server does not list one, says
  /// itself that it is not there, and lists it as that prefix and delimiter want
  /// it, folder() gives that from now on; where a doubt remains, stderr names
  /// the other. `created`: the names, as typed, of what is to be created where
  /// it is missing, which need not be there; stderr says how they are called.
  /// True when folder() gives one otherwise now: the same may then be tried once
  /// more. Never for what is no such refusal.
  bool reconsiders(const Error& refusal,
                   const std::vector<std::string>& created = {});
  /// How the folder that folder() gave as `name` is called here, where
  /// reconsiders() has found that out; nothing where it is called so.
  [[nodiscard]] std::optional<imap::MailboxName> other_name(
      const std::string& name) const;
  /// Before something is done to one folder after the other: looks up the names
  /// that folder() gave as they were typed, as reconsiders() does. True when
  /// folder() now gives one otherwise.
  bool look_ahead(const std::vector<std::string>& created = {});
  /// Would look_ahead() ask the server?
  [[nodiscard]] bool may_look_ahead() const { return !literal_.empty(); }

  /// With --compress auto: may the server yet be asked for COMPRESS, before it
  /// is asked for much?
  Result<bool> may_compress();

  /// As ImapClient::list(), and kept for take_lookups().
  Result<std::vector<client::ListedMailbox>> list(
      const client::ListQuestion& question);

  /// What was sent since the login, or since the verb before this one, to agree
  /// upon compression and to learn which folders are meant: a flight each, in
  /// the order of sending. For --explain, which looks for them as well.
  [[nodiscard]] std::vector<std::vector<imap::Command>> take_lookups() {
    return std::exchange(lookups_, {});
  }

  /// Forgets which folder has which role: folders have changed.
  void forget_roles() { roles_.reset(); }

  /// May another verb use it? Reads what has come meanwhile, such as a BYE.
  [[nodiscard]] bool can_go_on();

  /// Names the server, and notes whether the session can go on.
  [[nodiscard]] Error at_server(Error error);

 private:
  ImapSession(std::shared_ptr<Connector> connector, Connection connection,
              ServerUrl url);
  Result<void> bring_up();
  Result<void> log_in();
  Result<imap::MailboxName> named(const std::string& name);
  Result<bool> look_names_up(const std::vector<std::string>& created);
  Result<void> begin_to_compress();

  std::shared_ptr<Connector> connector_;
  Connection connection_;
  ServerUrl url_;
  client::ImapClient client_;
  std::optional<std::vector<client::ListedMailbox>> roles_;
  imap::Capabilities before_login_;
  std::vector<std::vector<imap::Command>> lookups_;
  std::set<std::string> guessed_;  // roles
  std::set<std::string> literal_;  // names given as they were typed
  std::set<std::string> kept_;     // those looked up, and called as typed
  std::map<std::string, std::string> renamed_;  // typed: as it is called here
  bool quiet_ = false;
  bool usable_ = false;
};

/// True for what no session survives.
[[nodiscard]] bool ends_session(ErrorKind kind);

/// True for what a server may say of a folder that it calls otherwise.
[[nodiscard]] bool may_be_of_the_name(ErrorKind kind);

/// "\Trash" as users write it: "trash"; "" for none.
[[nodiscard]] std::string role_of(const client::ListedMailbox& mailbox);

}  // namespace mailtool::app
