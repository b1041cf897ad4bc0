// The session: from the greeting to LOGOUT. Logging in is in imap_login.cc,
// mailboxes in imap_mailboxes.cc, messages in imap_messages.cc and
// imap_changes.cc.

#include "mailtool/client/imap_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "client/imap_search_parts.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

struct CodeMeaning {
  std::string_view code;
  ErrorKind kind;
};

// Response codes of RFC 9051 section 7.1, RFC 5530, RFC 9208
// and RFC 9586.
constexpr std::array<CodeMeaning, 21> kCodes{{
    {"UNAVAILABLE", ErrorKind::deferred},
    {"INUSE", ErrorKind::deferred},
    {"LIMIT", ErrorKind::deferred},
    {"SERVERBUG", ErrorKind::deferred},
    {"EXPUNGEISSUED", ErrorKind::deferred},
    {"AUTHENTICATIONFAILED", ErrorKind::no_auth},
    {"AUTHORIZATIONFAILED", ErrorKind::no_auth},
    {"EXPIRED", ErrorKind::no_auth},
    {"PRIVACYREQUIRED", ErrorKind::no_auth},
    {"WEBALERT", ErrorKind::no_auth},
    {"NOPERM", ErrorKind::no_permission},
    {"READ-ONLY", ErrorKind::no_permission},
    {"NONEXISTENT", ErrorKind::no_such_item},
    {"TRYCREATE", ErrorKind::no_such_item},
    {"BADCHARSET", ErrorKind::unsupported},
    {"UNKNOWN-CTE", ErrorKind::unsupported},
    {"UIDREQUIRED", ErrorKind::unsupported},
    {"OVERQUOTA", ErrorKind::rejected},
    {"ALREADYEXISTS", ErrorKind::rejected},
    {"CANNOT", ErrorKind::rejected},
    {"TOOBIG", ErrorKind::rejected},
}};

// "Suggested Backoff Time: 299961 milliseconds"; "" where there is none.
std::string backoff_hint(std::string_view text) {
  constexpr std::string_view kBefore = "backoff time: ";
  const auto at = lower(text).find(kBefore);
  if (at == std::string::npos) return "";
  const auto rest = text.substr(at + kBefore.size());
  const auto digits = rest.find_first_not_of("0123456789");
  const auto wait = parse_number(rest.substr(0, digits), 1000ULL * 3600 * 24);
  if (!wait) return "";
  return "the server asks to wait " + std::to_string((*wait + 999) / 1000) +
         " s before another try";
}

bool contains_word(std::string_view text, std::string_view word) {
  return lower(text).find(word) != std::string::npos;
}

ErrorKind kind_of(const imap::StatusResponse& completion) {
  // Lenient: a server that throttles says so in a BAD without a code.
  if (contains_word(completion.text, "throttled") ||
      contains_word(completion.text, "backoff")) {
    return ErrorKind::deferred;
  }
  if (completion.code) {
    for (const auto& known : kCodes) {
      if (completion.code->name == known.code) return known.kind;
    }
  }
  // A NO that blames the client is how a busy server refuses for a while.
  if (completion.status == imap::Status::no &&
      completion.has_code("CLIENTBUG")) {
    return ErrorKind::deferred;
  }
  return completion.status == imap::Status::bad ? ErrorKind::protocol
                                                : ErrorKind::rejected;
}

}  // namespace

Error imap_refusal(const imap::StatusResponse& completion,
                   std::string_view step) {
  return Error{
      kind_of(completion),
      completion.status == imap::Status::bad ? "not understood" : "refused",
      std::string(step), printable(completion.shown()),
      backoff_hint(completion.text)};
}

// MESSAGELIMIT is RFC 9738's way to say OK to a part of what was asked.
Result<void> imap_success(const imap::StatusResponse& completion,
                          std::string_view step) {
  if (completion.status != imap::Status::ok) {
    return imap_refusal(completion, step);
  }
  if (completion.has_code("MESSAGELIMIT")) {
    return Error{ErrorKind::rejected, "the server did only a part of it",
                 std::string(step), printable(completion.shown())};
  }
  return {};
}

ImapClient::ImapClient(Stream& stream, ImapLimits limits)
    : dialogue_(stream, *this, limits) {}

Result<void> ImapClient::open(bool tls_required) {
  auto greeting = dialogue_.greeting();
  if (!greeting) return std::move(greeting).error();
  quirks_ = quirks_of(*greeting);
  authenticated_ = greeting->status == imap::Status::preauth;
  if (authenticated_ && tls_required && !dialogue_.stream().tls()) {
    return Error{ErrorKind::protocol,
                 "PREAUTH: this session cannot be secured by TLS", "greeting"};
  }
  return settle_names();
}

Result<const imap::Capabilities*> ImapClient::capabilities() {
  if (!capabilities_) {
    imap::CommandBuilder command("CAPABILITY");
    if (auto done = run_ok(command); !done) return std::move(done).error();
    if (!capabilities_) capabilities_.emplace();
  }
  if (auto settled = settle_names(); !settled) {
    return std::move(settled).error();
  }
  return &*capabilities_;
}

Result<bool> ImapClient::offers(std::string_view name) {
  auto known = capabilities();
  if (!known) return std::move(known).error();
  return (*known)->has(name);
}

Result<void> ImapClient::start_tls() {
  auto offered = offers("STARTTLS");
  if (!offered) return std::move(offered).error();
  if (!*offered) {
    return Error{ErrorKind::unsupported, "the server offers no STARTTLS"};
  }
  imap::CommandBuilder command("STARTTLS");
  auto built = command.build();
  if (!built) return std::move(built).error();
  auto done = run(*built, nullptr);
  if (!done) return std::move(done).error();
  if (done->status != imap::Status::ok) {
    auto refused = imap_refusal(*done, "STARTTLS");
    if (refused.kind != ErrorKind::deferred) {
      refused.kind = ErrorKind::unsupported;
    }
    return refused;
  }
  if (auto secured = dialogue_.start_tls(); !secured) return secured;
  // What was said in clear text counts no more.
  capabilities_.reset();
  return {};
}

Result<void> ImapClient::identify() {
  imap::CommandBuilder command("ID");
  auto built = command.text("(\"name\" \"mailtool\")").build();
  if (!built) return std::move(built).error();
  auto done = run(*built, nullptr);
  if (!done) return std::move(done).error();
  return {};
}

// All that was asked for has been answered: the round trip for the server's
// good-bye is saved.
void ImapClient::logout() {
  if (idle_ticket_ && !dialogue_.send_response("DONE", "DONE")) return;
  imap::CommandBuilder command("LOGOUT");
  const auto built = command.build();
  if (built) (void)dialogue_.send(*built, nullptr, literal_mode());
}

imap::LiteralMode ImapClient::literal_mode() const {
  if (!capabilities_) return imap::LiteralMode::synchronizing;
  if (capabilities_->has("LITERAL+")) return imap::LiteralMode::all_at_once;
  const bool small =
      capabilities_->has("LITERAL-") || capabilities_->has("IMAP4rev2");
  return small ? imap::LiteralMode::small_at_once
               : imap::LiteralMode::synchronizing;
}

Result<imap::StatusResponse> ImapClient::run(const imap::Command& command,
                                             ImapHandler* handler) {
  auto ticket = dialogue_.send(command, handler, literal_mode());
  if (!ticket) return std::move(ticket).error();
  return dialogue_.await(*ticket);
}

Result<imap::StatusResponse> ImapClient::run_ok(imap::CommandBuilder& command,
                                                ImapHandler* handler) {
  const auto built = command.build();
  if (!built) return built.error();
  auto done = run(*built, handler);
  if (!done) return done;
  if (auto whole = imap_success(*done, built->name); !whole) {
    return std::move(whole).error();
  }
  return done;
}

// --- what comes unasked ------------------------------------------------------

void ImapClient::on_unsolicited(const imap::Response& data) {
  if (const auto* said = std::get_if<imap::CapabilityData>(&data)) {
    capabilities_ = said->capabilities;
    volunteered_ = true;
  }
  if (heard_) heard_(data);
  if (!selected_) return;
  if (const auto* exists = std::get_if<imap::ExistsData>(&data)) {
    selected_->exists = exists->count;
  } else if (std::holds_alternative<imap::ExpungeData>(data)) {
    if (selected_->exists > 0) --selected_->exists;
  } else if (const auto* gone = std::get_if<imap::VanishedData>(&data)) {
    // (EARLIER) tells of messages that EXISTS no longer counted.
    const auto count = gone->earlier ? 0 : gone->uids.count();
    selected_->exists -= static_cast<std::uint32_t>(
        std::min<std::uint64_t>(count, selected_->exists));
  } else if (const auto* flags = std::get_if<imap::FlagsData>(&data)) {
    selected_->flags = flags->flags;
  }
}

namespace {

std::optional<std::uint32_t> nz_number(const std::string& text) {
  const auto number = parse_number(trim(text), UINT32_MAX);
  if (!number || *number == 0) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

void apply_code(const imap::ResponseCode& code, SelectedMailbox& mailbox) {
  if (code.name == "CLOSED") {
    // What came before was about the mailbox selected before (RFC 7162).
    mailbox = SelectedMailbox{std::move(mailbox.name), 0,    {}, {}, {}, {},
                              mailbox.read_only,       false, {}};
  } else if (code.name == "UIDVALIDITY") {
    mailbox.uidvalidity = nz_number(code.arguments);
  } else if (code.name == "UIDNEXT") {
    mailbox.uidnext = nz_number(code.arguments);
  } else if (code.name == "HIGHESTMODSEQ") {
    mailbox.highest_modseq = parse_number(trim(code.arguments), INT64_MAX);
    if (mailbox.highest_modseq == 0u) mailbox.highest_modseq.reset();
  } else if (code.name == "READ-ONLY") {
    mailbox.read_only = true;
  } else if (code.name == "READ-WRITE") {
    mailbox.read_only = false;
  } else if (code.name == "UIDNOTSTICKY") {
    mailbox.uid_not_sticky = true;
  } else if (code.name == "PERMANENTFLAGS") {
    const imap::FramedResponse framed{code.arguments, {}};
    const imap::ValueTree tree(framed, 0);
    if (!trim(code.arguments).starts_with('(')) return;
    auto& flags = mailbox.permanent_flags.emplace();
    for (auto at = tree.first().first(); !at.absent(); at = at.next()) {
      flags.emplace_back(at.text());
    }
  }
}

namespace {

// At most one COPYUID a command; a set is sent in few commands.
constexpr std::size_t kMaxCopyUids = 10'000;

}  // namespace

void ImapClient::on_status(const imap::StatusResponse& status) {
  if (!status.code) return;
  if (status.code->name == "ALERT") {
    if (heard_) heard_(status);
    return;
  }
  if (status.code->name == "CAPABILITY") {
    std::vector<std::string_view> names;
    for (const auto name : split(status.code->arguments, ' ')) {
      names.push_back(name);
    }
    capabilities_ = imap::Capabilities(names);
    volunteered_ = true;
    return;
  }
  if (auto copied = imap::parse_copy_uid(*status.code)) {
    if (copied_.size() < kMaxCopyUids) copied_.push_back(*std::move(copied));
    return;
  }
  if (selected_) apply_code(*status.code, *selected_);
}

}  // namespace mailtool::client
