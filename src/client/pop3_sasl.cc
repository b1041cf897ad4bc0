#include "client/pop3_sasl.h"

#include <array>

#include "client/pop3_refusal.h"
#include "mailtool/base/ascii.h"

namespace mailtool::client {
namespace {

// What servers say to a command line that they cannot read. A refused password
// sounds otherwise; where in doubt, it was the password: a second attempt may
// lock the account.
bool sounds_like_syntax(const pop3::Reply& reply) {
  if (!reply.code.empty()) return false;
  constexpr std::array<std::string_view, 6> kWords = {
      "protocol error",  "syntax",    "argument",
      "invalid command", "parameter", "unrecognized"};
  const auto text = lower(reply.text);
  for (const auto word : kWords) {
    if (text.find(word) != text.npos) return true;
  }
  return false;
}

}  // namespace

bool Pop3SaslChannel::takes_initial_response(std::string_view mechanism,
                                             std::size_t base64_octets) const {
  if (client_.no_initial_response_) return false;
  const std::string_view around("AUTH  \r\n");
  return around.size() + mechanism.size() + base64_octets <=
         pop3::kCommandOctets;
}

// A server that knows AUTH only as RFC 1734 has it, or takes tokens only when
// it has asked for them. It may close the connection instead of reading on.
Result<SaslReply> Pop3SaslChannel::start_in_two_steps(
    std::string_view mechanism, std::string_view initial,
    const pop3::Reply& refused) {
  client_.no_initial_response_ = true;
  const auto reply = client_.exchange_any(*pop3::auth(mechanism, ""), step_);
  if (!reply) {
    client_.reconnect_ = reply.error().kind == ErrorKind::disconnected;
    auto error = refusal(refused, step_, ErrorKind::no_auth);
    return client_.reconnect_ ? std::move(error) : reply.error();
  }
  if (reply->status != pop3::Status::continuation) {
    return verdict(*reply, SaslReply::Verdict::not_available);
  }
  return respond(initial);
}

Result<SaslReply> Pop3SaslChannel::start(
    std::string_view mechanism, std::optional<std::string_view> initial) {
  auto command = pop3::auth(mechanism, initial.value_or(""));
  if (!command) return std::move(command).error();
  step_ = "AUTH " + std::string(mechanism);
  const auto reply = client_.exchange_any(*command, step_);
  wipe(command->line);
  if (!reply) return reply.error();
  if (initial && *initial != "=" && reply->status == pop3::Status::err &&
      sounds_like_syntax(*reply)) {
    return start_in_two_steps(mechanism, *initial, *reply);
  }
  // Refused before anything was shown: this mechanism, not these credentials.
  return verdict(*reply, initial ? SaslReply::Verdict::refused
                                 : SaslReply::Verdict::not_available);
}

Result<SaslReply> Pop3SaslChannel::respond(std::string_view base64) {
  pop3::Command line{"", "****", false, true};
  line.line.reserve(base64.size() + 2);  // no copy left behind
  line.line += base64;
  line.line += "\r\n";
  const auto reply = client_.exchange_any(line, step_);
  wipe(line.line);
  if (!reply) return reply.error();
  return verdict(*reply, SaslReply::Verdict::refused);
}

Result<void> Pop3SaslChannel::cancel() {
  const auto reply = client_.exchange({"*\r\n", step_, false, false});
  if (!reply) return reply.error();
  return {};
}

Result<SaslReply> Pop3SaslChannel::verdict(
    const pop3::Reply& reply, SaslReply::Verdict when_refused) const {
  using enum SaslReply::Verdict;
  switch (reply.status) {
    case pop3::Status::continuation:
      return SaslReply{challenge, reply.text, {}};
    case pop3::Status::ok: return SaslReply{success, {}, {}};
    case pop3::Status::err: break;
  }
  auto error = refusal(reply, step_, ErrorKind::no_auth);
  // Neither this mechanism nor these credentials: no other would fare better.
  if (error.kind != ErrorKind::no_auth) return error;
  const bool credentials = reply.has_code("AUTH");
  return SaslReply{credentials ? refused : when_refused, {}, error};
}

}  // namespace mailtool::client
