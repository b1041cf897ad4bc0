#include "mailtool/client/sasl_exchange.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/base64.h"

namespace mailtool::client {
namespace {

constexpr int kMaxChallenges = 8;  // SCRAM needs 3, the most of all
// Each refusal is a failed login to the server, and some lock the account after
// three. A second try is for a server that keeps only digests of its own.
constexpr int kMaxRefusals = 2;

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

// The mechanisms still to be tried, in order. After a refusal the one that
// shows the password as it is comes next: it succeeds with the right password
// whatever the server keeps of it.
class Candidates {
 public:
  explicit Candidates(
      const std::vector<std::unique_ptr<sasl::Mechanism>>& mechanisms) {
    for (const auto& one : mechanisms) left_.push_back(one.get());
  }

  /// nullptr when there is none left.
  [[nodiscard]] sasl::Mechanism* next() const {
    if (left_.empty() || refusals_ == kMaxRefusals) return nullptr;
    for (auto* one : left_) {
      if (refusals_ > 0 && form(one->name()) == "PLAIN") return one;
    }
    return left_.front();
  }
  void not_available(const sasl::Mechanism* mechanism) {
    std::erase(left_, mechanism);
  }
  /// It ended before the server judged.
  void failed(const sasl::Mechanism* mechanism) {
    const auto its_form = form(mechanism->name());
    std::erase_if(left_,
                  [&](auto* one) { return form(one->name()) == its_form; });
  }
  void refused(const sasl::Mechanism* mechanism) {
    failed(mechanism);
    ++refusals_;
  }

 private:
  std::vector<sasl::Mechanism*> left_;
  int refusals_ = 0;
};

}  // namespace

Result<void> authenticate(
    SaslChannel& channel,
    const std::vector<std::unique_ptr<sasl::Mechanism>>& mechanisms) {
  Error why{ErrorKind::no_auth, "no mechanism to try"};
  Candidates candidates(mechanisms);
  while (auto* mechanism = candidates.next()) {
    const auto step = "AUTH " + std::string(mechanism->name());
    auto reply = Attempt(channel, *mechanism).run();
    if (!reply) {
      why = std::move(reply).error().at(step);
      if (!another_may_do(why)) return why;
      candidates.failed(mechanism);
    } else if (reply->verdict == SaslReply::Verdict::success) {
      return {};
    } else {
      if (reply->error) why = *std::move(reply->error);
      why = std::move(why).at(step);
      if (reply->verdict == SaslReply::Verdict::refused) {
        candidates.refused(mechanism);
      } else {
        candidates.not_available(mechanism);
      }
    }
  }
  return why;
}

}  // namespace mailtool::client
