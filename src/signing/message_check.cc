#include "signing/message_check.h"

#include <algorithm>

#include "signing/key_check.h"

namespace mailtool::signing {
namespace {

std::optional<Problem> judge_times(const Signature& signature,
                                   std::int64_t now) {
  if (signature.expires_at && *signature.expires_at + kClockSkewSeconds < now)
    return Problem{Verdict::policy, "it has expired"};
  if (signature.signed_at && *signature.signed_at - kClockSkewSeconds > now)
    return Problem{Verdict::policy, "it was made in the future"};
  return std::nullopt;
}

std::optional<Problem> judge_body(const Signature& signature,
                                  const BodyHash& body) {
  if (body.too_short)
    return Problem{Verdict::fail,
                   "it covers more octets of the body (l=) than the " +
                       std::to_string(body.octets) + " there are"};
  if (!std::equal(body.digest.begin(), body.digest.end(),
                  signature.body_hash.begin(), signature.body_hash.end(),
                  [](unsigned char a, char b) {
                    return a == static_cast<unsigned char>(b);
                  })) {
    return Problem{Verdict::fail, "the body was changed"};
  }
  return std::nullopt;
}

void set(DkimResult& result, Problem problem) {
  result.verdict = problem.verdict;
  result.reason = std::move(problem.reason);
}

}  // namespace

DkimResult begin_check(std::span<const HeaderField> header, std::size_t field,
                       SignatureKind kind,
                       std::span<const std::string> from_domains,
                       std::int64_t now, BodyHashes& bodies) {
  DkimResult result;
  result.field = field;
  auto& signature = result.signature;
  auto problem = read_signature(header[field].value, kind, signature);
  result.alignment = alignment_of(signature.domain, from_domains);
  if (!problem) problem = judge_times(signature, now);
  if (problem) {
    set(result, std::move(*problem));
    return result;
  }
  if (kind != SignatureKind::arc_seal)
    bodies.want(signature.body, signature.body_limit);
  return result;
}

Result<void> end_check(const HeaderIndex& header, const BodyHashes& bodies,
                       KeySource& keys, DkimResult& result) {
  const auto& signature = result.signature;
  const auto body = bodies.hash(signature.body, signature.body_limit);
  Digest256 hash;
  auto problem = judge_body(signature, body);
  if (!problem) problem = header_hash(header, result.field, signature, hash);
  if (problem) {
    set(result, std::move(*problem));
    return {};
  }
  if (signature.body_limit) {
    result.warnings.push_back(
        "it covers " + std::to_string(*signature.body_limit) + " of the " +
        std::to_string(body.octets) +
        " octets of the body (l=): more can be added unseen");
  }
  return check_key(hash, keys, result);
}

}  // namespace mailtool::signing
