// AUTHENTICATE and LOGIN: RFC 9051 sections 6.2.2 and 6.2.3, SASL-IR RFC 4959.

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/client/sasl_exchange.h"

namespace mailtool::client {
namespace {

constexpr std::string_view kMasked = "****";

// Longest initial response on the command line; RFC 7162 section 4 asks
// servers for lines of 8192 octets.
constexpr std::size_t kMaxInitialResponse = 8000;

Error login_refusal(const imap::StatusResponse& completion,
                    std::string_view step) {
  auto refused = imap_refusal(completion, step);
  // A NO without a code can only mean the credentials here.
  if (refused.kind == ErrorKind::rejected ||
      refused.kind == ErrorKind::no_permission ||
      refused.kind == ErrorKind::no_such_item) {
    refused.kind = ErrorKind::no_auth;
  }
  return refused;
}

}  // namespace

// How IMAP carries SASL.
class ImapClient::Channel : public SaslChannel {
 public:
  Channel(ImapDialogue& dialogue, bool initial_response)
      : dialogue_(dialogue), initial_response_(initial_response) {}

  [[nodiscard]] bool takes_initial_response(
      std::string_view, std::size_t base64_octets) const override {
    return initial_response_ && base64_octets <= kMaxInitialResponse;
  }

  Result<SaslReply> start(std::string_view mechanism,
                          std::optional<std::string_view> initial) override {
    name_ = "AUTHENTICATE " + std::string(mechanism);
    shown_ = initial.has_value();
    if (!initial) return take(send(name_, name_));
    auto reply = take(send(name_ + " " + std::string(*initial),
                           name_ + " " + std::string(kMasked)));
    if (!reply || reply->verdict != SaslReply::Verdict::not_available) {
      return reply;
    }
    // Lenient: SASL-IR offered, but an initial response answered by BAD. Once
    // more without. Test: sasl-ir-not-meant.dialogue.
    initial_response_ = false;
    shown_ = false;
    auto again = take(send(name_, name_));
    if (!again || again->verdict != SaslReply::Verdict::challenge) {
      return again;
    }
    return respond(*initial == "=" ? std::string_view() : *initial);
  }

  Result<SaslReply> respond(std::string_view base64) override {
    shown_ = true;
    if (auto sent = dialogue_.send_response(base64, kMasked); !sent) {
      return std::move(sent).error().at(name_);
    }
    return take(ticket_);
  }

  Result<void> cancel() override {
    if (auto sent = dialogue_.send_response("*", "*"); !sent) return sent;
    auto reply = take(ticket_);
    if (!reply) return std::move(reply).error();
    return {};
  }

 private:
  Result<std::uint32_t> send(std::string_view octets, std::string_view shown) {
    auto ticket = dialogue_.send_line(octets, shown);
    if (ticket) ticket_ = *ticket;
    return ticket;
  }

  Result<SaslReply> take(Result<std::uint32_t> ticket) {
    if (!ticket) return std::move(ticket).error();
    auto turn = dialogue_.next_turn(*ticket);
    if (!turn) return std::move(turn).error().at(name_);
    using enum SaslReply::Verdict;
    if (turn->continues) return SaslReply{challenge, turn->challenge, {}};
    const auto& completion = turn->completion;
    if (completion.status == imap::Status::ok)
      return SaslReply{success, "", {}};
    auto error = login_refusal(completion, name_);
    if (error.kind == ErrorKind::deferred) return error;
    // Refused before anything was shown: this mechanism, not these credentials.
    if (completion.status == imap::Status::bad ||
        (!shown_ && !completion.code)) {
      return SaslReply{not_available, "", std::move(error)};
    }
    return SaslReply{refused, "", std::move(error)};
  }

  ImapDialogue& dialogue_;
  bool initial_response_;
  std::uint32_t ticket_ = 0;
  std::string name_;
  bool shown_ = false;  // a response went to the server
};

Result<void> ImapClient::logged_in() {
  authenticated_ = true;
  if (auto settled = settle_names(); !settled) return settled;
  // A server may offer more to those it knows.
  if (!volunteered_) capabilities_.reset();
  return quirks_.id_before_select ? identify() : Result<void>();
}

bool ImapClient::may_use_login(const sasl::Credentials& credentials,
                               const sasl::Policy& policy) const {
  if (credentials.password == nullptr) return false;
  if (!policy.tls && !policy.allow_clear_text) return false;
  if (capabilities_ && capabilities_->has("LOGINDISABLED")) return false;
  const auto& only = policy.only;
  return only.empty() || std::any_of(only.begin(), only.end(), [](auto& name) {
           return iequals(name, "LOGIN") || iequals(name, "PLAIN");
         });
}

Result<void> ImapClient::log_in(const sasl::Credentials& credentials,
                                const sasl::Policy& policy) {
  auto known = capabilities();
  if (!known) return std::move(known).error();
  auto mechanisms =
      sasl::choose((*known)->auth_mechanisms(), credentials, policy);
  if (!mechanisms) {
    if (may_use_login(credentials, policy)) {
      return login(credentials.user, *credentials.password);
    }
    if ((*known)->has("LOGINDISABLED") && !policy.tls) {
      return std::move(mechanisms)
          .error()
          .with_hint("the server takes no password without TLS");
    }
    return std::move(mechanisms).error();
  }
  Channel channel(dialogue_,
                  (*known)->has("SASL-IR") && !quirks_.no_initial_response);
  volunteered_ = false;
  auto done = client::authenticate(channel, *mechanisms);
  return done ? logged_in() : done;
}

// login = "LOGIN" SP userid SP password                ; RFC 9051 section 9
Result<void> ImapClient::login(const std::string& user,
                               const Secret& password) {
  if (has_line_break_or_nul(user) || has_line_break_or_nul(password.reveal())) {
    return Error{ErrorKind::usage, "CR, LF or NUL in the user or password",
                 "LOGIN"};
  }
  imap::CommandBuilder command("LOGIN");
  auto built = command.astring(user).astring(password.reveal()).build();
  if (!built) return std::move(built).error();
  volunteered_ = false;
  auto ticket = dialogue_.send(*built, nullptr, literal_mode(),
                               "LOGIN " + std::string(kMasked));
  for (auto& fragment : built->fragments) wipe(fragment.octets);
  if (!ticket) return std::move(ticket).error();
  auto done = dialogue_.await(*ticket);
  if (!done) return std::move(done).error();
  if (done->status != imap::Status::ok) {
    return login_refusal(*done, "LOGIN " + printable(user, 200));
  }
  return logged_in();
}

}  // namespace mailtool::client
