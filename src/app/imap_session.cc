#include "app/imap_session.h"

#include <utility>

#include "app/imap_alert.h"
#include "app/imap_role_name.h"
#include "app/imap_session_owner.h"
#include "app/output.h"
#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

client::ImapLimits limits(const Connector& connector) {
  client::ImapLimits limits;
  limits.timeout = connector.timeout();
  return limits;
}

}  // namespace

ImapSession::ImapSession(std::shared_ptr<Connector> connector,
                         Connection connection, ServerUrl url)
    : connector_(std::move(connector)),
      connection_(std::move(connection)),
      url_(std::move(url)),
      client_(*connection_.stream, limits(*connector_)) {
  client_.listen(show_alert);
}

ImapSession::~ImapSession() {
  if (usable_) client_.logout();
}

Result<std::shared_ptr<ImapSession>> ImapSession::start(
    const Invocation& invocation) {
  auto* owner = invocation.imap_sessions;
  return owner != nullptr ? owner->session() : connect(invocation);
}

Result<ServerUrl> ImapSession::server_of(const Invocation& invocation) {
  const auto server = invocation.options.get("server");
  if (!server) {
    return Error{ErrorKind::usage, "no server is named", "", "",
                 "give imaps://USER@HOST as the first argument, or set `imap` "
                 "in an account"};
  }
  return parse_server_url(*server, {"imap", "imaps"});
}

Result<std::shared_ptr<ImapSession>> ImapSession::connect(
    const Invocation& invocation) {
  const auto url = server_of(invocation);
  if (!url) return url.error();
  auto connector = Connector::make(invocation);
  if (!connector) return std::move(connector).error();
  return connect(*std::move(connector), *url, invocation.quiet());
}

Result<std::shared_ptr<ImapSession>> ImapSession::connect(
    std::shared_ptr<Connector> connector, const ServerUrl& url, bool quiet) {
  auto connection = connector->open(url);
  if (!connection) return app::at_server(std::move(connection).error(), url);
  std::shared_ptr<ImapSession> session(
      new ImapSession(std::move(connector), *std::move(connection), url));
  auto up = session->bring_up();
  if (up) up = session->begin_to_compress();
  if (!up) return session->at_server(std::move(up).error());
  session->usable_ = true;
  session->quiet_ = quiet;
  return session;
}

Result<void> ImapSession::bring_up() {
  const auto mode = connector_->tls_mode();
  const bool upgrade = !url_.implicit_tls();
  const bool required = mode == TlsMode::required;
  if (auto greeted = client_.open(required); !greeted) return greeted;
  bool wanted = upgrade && required;
  if (upgrade && mode == TlsMode::opportunistic && !client_.authenticated()) {
    auto offered = client_.offers("STARTTLS");
    if (!offered) return std::move(offered).error();
    wanted = *offered;
  }
  if (wanted) {
    if (auto secured = client_.start_tls(); !secured) {
      if (secured.error().kind != ErrorKind::unsupported) return secured;
      return std::move(secured).error().with_hint(
          "--tls off goes on in clear text");
    }
  }
  if (client_.authenticated()) return {};
  return log_in();
}

Result<void> ImapSession::log_in() {
  if (auto before = client_.capabilities()) before_login_ = **before;
  if (!connector_->wants_login(url_)) {
    return Error{ErrorKind::usage, "no user is named", "", "",
                 "write it into the URL, as imaps://USER@HOST, or give --user"};
  }
  auto credentials = connector_->credentials(url_);
  if (!credentials) return std::move(credentials).error();
  return client_.log_in(*credentials, connector_->auth_policy(connection_));
}

// On this machine octets cost less than to compress them.
Result<void> ImapSession::begin_to_compress() {
  const auto mode = connector_->compress_mode();
  if (mode == CompressMode::never || connection_.compression == nullptr ||
      (mode == CompressMode::when_it_pays && connection_.loopback)) {
    return {};
  }
  client_.may_compress(*connection_.compression);
  if (mode != CompressMode::always) return {};
  auto offered = client_.offers("COMPRESS=DEFLATE");
  if (!offered) return std::move(offered).error();
  if (!*offered) return {};
  const auto command = imap::CommandBuilder("COMPRESS").text("DEFLATE").build();
  if (!command) return command.error();
  lookups_.push_back({*command});
  return client_.compress();
}

Result<bool> ImapSession::may_compress() {
  if (connector_->compress_mode() != CompressMode::when_it_pays ||
      connection_.compression == nullptr || connection_.loopback) {
    return false;
  }
  return client_.offers("COMPRESS=DEFLATE");
}

Result<std::vector<client::ListedMailbox>> ImapSession::list(
    const client::ListQuestion& question) {
  auto offered = client_.capabilities();
  if (!offered) return std::move(offered).error();
  auto commands = client::list_commands(question, **offered, client_.names());
  if (!commands) return std::move(commands).error();
  lookups_.push_back(*std::move(commands));
  return client_.list(question);
}

Result<imap::MailboxName> ImapSession::folder(const std::string& name) {
  if (!name.starts_with('@') || name.starts_with("@@")) {
    return named(name_meant(name));
  }
  const auto role = lower(std::string_view(name).substr(1));
  if (role == "inbox") return client_.mailbox("INBOX");
  bool known = false;
  for (const auto one : kFolderRoles) known = known || role == one;
  // A folder may be called "@home" all the same; "@trsh" where it is there.
  const auto meant =
      known ? std::string() : did_you_mean(role, kFolderRoles, "@");
  if (!known && meant.empty()) return named(name);
  if (!roles_) {
    client::ListQuestion question;
    question.special_use = true;
    auto listed = list(question);
    if (!listed) return std::move(listed).error();
    roles_ = *std::move(listed);
  }
  for (const auto& mailbox : *roles_) {
    const bool fits = known ? role_of(mailbox) == role
                            : mailbox.list.mailbox.utf8 == name;
    if (fits) return imap::in_encoding(mailbox.list.mailbox, client_.names());
  }
  if (!known) {
    return Error{ErrorKind::no_such_item, "no such folder" + meant,
                 printable(name, 100), "",
                 "@" + printable(name, 100) + " is a folder of that very name"};
  }
  if (const auto* likely = by_role_name(role, *roles_)) {
    // Said once a session, since a guess may be wrong.
    if (!quiet_ && guessed_.insert(role).second) {
      warn("imap", "the server does not say which folder is @" + role +
                       ": taking " +
                       printable(likely->list.mailbox.utf8, 200));
    }
    return imap::in_encoding(likely->list.mailbox, client_.names());
  }
  return Error{ErrorKind::no_such_item,
               "the server has no folder for " + printable(name, 40)};
}

bool ImapSession::can_go_on() {
  lookups_.clear();
  usable_ = client_.settled();
  return usable_;
}

Error ImapSession::at_server(Error error) {
  if (ends_session(error.kind)) usable_ = false;
  // A folder here that cannot be made is not the server's.
  if (error.kind == ErrorKind::cannot_create) return error;
  return app::at_server(std::move(error), url_);
}

bool ends_session(ErrorKind kind) {
  return kind == ErrorKind::protocol || kind == ErrorKind::disconnected ||
         kind == ErrorKind::timed_out || kind == ErrorKind::interrupted ||
         kind == ErrorKind::local_io || kind == ErrorKind::unreachable ||
         kind == ErrorKind::internal;
}

std::string role_of(const client::ListedMailbox& mailbox) {
  const auto use = mailbox.special_use();
  return use.empty() ? "" : lower(std::string_view(use).substr(1));
}

}  // namespace mailtool::app
