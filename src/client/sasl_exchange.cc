#include "mailtool/client/sasl_exchange.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/base64.h"

namespace mailtool::client {
namespace {

constexpr int kMaxChallenges = 8;  // SCRAM needs 3, the most of all
constexpr int kMaxRefusals = 3;    // more, and some servers lock the account

// Mechanisms of one form ask the server to check the same thing: where one was
// refused, so will the other be.
std::string_view form(std::string_view mechanism) {
  if (mechanism == "LOGIN") return "PLAIN";
  if (mechanism == "XOAUTH2") return "OAUTHBEARER";
  if (mechanism.ends_with("-PLUS")) mechanism.remove_suffix(5);
  return mechanism;
}

// A fault of ours or of this form of the secret: another may still do.
bool another_may_do(const Error& error) {
  return error.kind == ErrorKind::no_auth;
}

std::string encoded(std::string& response) {
  auto base64 = base64_encode(response);
  wipe(response);
  return base64;
}

/// One mechanism, from the command to the verdict.
class Attempt {
 public:
  Attempt(SaslChannel& channel, sasl::Mechanism& mechanism)
      : channel_(channel), mechanism_(mechanism) {}

  Result<SaslReply> run() {
    auto reply = start();
    for (int count = 0; reply; ++count) {
      if (reply->verdict != SaslReply::Verdict::challenge) {
        return judged(*std::move(reply));
      }
      if (count == kMaxChallenges) {
        return given_up({ErrorKind::protocol, "too many challenges"});
      }
      reply = answer(reply->challenge);
    }
    return reply;
  }

 private:
  Result<SaslReply> start() {
    const auto name = mechanism_.name();
    if (!mechanism_.client_first()) return channel_.start(name, std::nullopt);
    auto first = mechanism_.respond("");
    if (!first) return std::move(first).error();
    auto base64 = encoded(*first);
    const auto argument = base64.empty() ? std::string("=") : base64;
    if (channel_.takes_initial_response(name, argument.size())) {
      wipe(base64);
      return channel_.start(name, argument);
    }
    pending_ = std::move(base64);
    return channel_.start(name, std::nullopt);
  }

  Result<SaslReply> answer(const std::string& challenge) {
    // The challenge that asks for an initial response is empty; what a server
    // says instead has no meaning and is not looked at.
    if (pending_) {
      auto base64 = *std::exchange(pending_, std::nullopt);
      auto reply = channel_.respond(base64);
      wipe(base64);
      return reply;
    }
    const auto octets = base64_decode(challenge);
    if (!octets) {
      return given_up({ErrorKind::protocol, "the challenge is not base64"});
    }
    auto response = mechanism_.respond(*octets);
    if (!response) return given_up(std::move(response).error());
    auto base64 = encoded(*response);
    auto reply = channel_.respond(base64);
    wipe(base64);
    return reply;
  }

  // The exchange is ended by us; the reason counts, not how the server takes it.
  Error given_up(Error why) {
    if (auto cancelled = channel_.cancel(); !cancelled) {
      // Without the server's answer no other mechanism can follow.
      if (another_may_do(why)) return std::move(cancelled).error();
    }
    return why;
  }

  Result<SaslReply> judged(SaslReply reply) {
    if (reply.verdict == SaslReply::Verdict::success) {
      if (auto proved = mechanism_.finish(); !proved) {
        return std::move(proved).error();
      }
      return reply;
    }
    if (reply.error && !mechanism_.server_said().empty()) {
      reply.error->server_said += " " + mechanism_.server_said();
    }
    return reply;
  }

  SaslChannel& channel_;
  sasl::Mechanism& mechanism_;
  std::optional<std::string> pending_;
};

}  // namespace

Result<void> authenticate(
    SaslChannel& channel,
    const std::vector<std::unique_ptr<sasl::Mechanism>>& mechanisms) {
  Error why{ErrorKind::no_auth, "no mechanism to try"};
  std::vector<std::string_view> refused;  // forms
  for (const auto& mechanism : mechanisms) {
    const auto this_form = form(mechanism->name());
    if (std::find(refused.begin(), refused.end(), this_form) != refused.end()) {
      continue;
    }
    auto reply = Attempt(channel, *mechanism).run();
    if (!reply) {
      if (!another_may_do(reply.error())) {
        return std::move(reply).error().at("AUTH " +
                                           std::string(mechanism->name()));
      }
      why = std::move(reply).error().at("AUTH " +
                                        std::string(mechanism->name()));
      refused.push_back(this_form);
    } else if (reply->verdict == SaslReply::Verdict::success) {
      return {};
    } else {
      if (reply->error) why = *std::move(reply->error);
      why = std::move(why).at("AUTH " + std::string(mechanism->name()));
      if (reply->verdict == SaslReply::Verdict::refused) {
        refused.push_back(this_form);
      }
    }
    if (refused.size() == kMaxRefusals) break;
  }
  return why;
}

}  // namespace mailtool::client
