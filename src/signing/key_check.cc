#include "signing/key_check.h"

#include "mailtool/base/ascii.h"
#include "mailtool/signing/key_record.h"
#include "signing/public_key.h"

namespace mailtool::signing {
namespace {

// What one record makes of the signature.
struct Attempt {
  Problem outcome;  // Verdict::pass: it holds
  unsigned bits = 0;
  bool testing = false;
};

bool is_for(KeyType type, Algorithm algorithm) {
  return type == (algorithm == Algorithm::ed25519_sha256 ? KeyType::ed25519
                                                         : KeyType::rsa);
}

// t=s: i= and d= must be one domain.
bool breaks_same_domain(const Signature& signature) {
  const auto at = signature.identity.rfind('@');
  return at != std::string::npos &&
         !iequals(std::string_view(signature.identity).substr(at + 1),
                  signature.domain);
}

Attempt attempt(std::string_view text, const Digest256& hash,
                const Signature& signature) {
  KeyRecord record;
  if (auto problem = read_key_record(text, record))
    return {std::move(*problem), 0, record.testing};
  Attempt made{{}, 0, record.testing};
  if (!is_for(record.type, signature.algorithm)) {
    made.outcome = {Verdict::permerror,
                    "the key is " + std::string(to_string(record.type)) +
                        ", the signature is not"};
    return made;
  }
  PublicKey key;
  auto problem = key.load(record);
  made.bits = key.bits();
  if (problem) {
    made.outcome = std::move(*problem);
  } else if (record.same_domain && breaks_same_domain(signature)) {
    made.outcome = {Verdict::permerror,
                    "the key allows no i= below its domain"};
  } else if (key.verify(hash, signature.octets)) {
    made.outcome = {Verdict::pass, ""};
  } else {
    made.outcome = {Verdict::fail,
                    "the signature does not fit the header: it was changed, "
                    "or this is another key"};
  }
  return made;
}

// Of several records that do not make it pass, the one that came nearest.
int nearness(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return 4;
    case Verdict::fail: return 3;
    case Verdict::policy: return 2;
    case Verdict::permerror: return 1;
    default: return 0;
  }
}

Attempt best_attempt(const std::vector<std::string>& records,
                     const Digest256& hash, const Signature& signature) {
  Attempt best;
  std::size_t tried = 0;
  for (const auto& text : records) {
    auto made = attempt(text, hash, signature);
    // Other records may share the name with the key.
    const bool no_key = made.outcome.verdict == Verdict::neutral;
    if (no_key) made.outcome.verdict = Verdict::permerror;
    if (best.outcome.reason.empty() ||
        nearness(made.outcome.verdict) > nearness(best.outcome.verdict)) {
      best = std::move(made);
    }
    if (best.outcome.verdict == Verdict::pass) return best;
    if (!no_key && ++tried == kMaxKeyRecords) break;
  }
  return best;
}

void take(Attempt made, DkimResult& result) {
  result.verdict = made.outcome.verdict;
  result.reason = std::move(made.outcome.reason);
  result.key_bits = made.bits;
  if (made.testing)
    result.warnings.emplace_back("the signer only tries DKIM out (t=y)");
  if (made.bits >= kMinRsaBits && made.bits < kGoodRsaBits)
    result.warnings.push_back("a key of " + std::to_string(made.bits) +
                              " bits is weak");
}

}  // namespace

Result<void> check_key(const Digest256& hash, KeySource& keys,
                       DkimResult& result) {
  const auto& signature = result.signature;
  const auto name = signature.selector + "._domainkey." + signature.domain;
  if (name.size() > 253) {
    result.verdict = Verdict::permerror;
    result.reason = "the name of the key is too long";
    return {};
  }
  const auto answer = keys.txt(name);
  if (!answer) return answer.error();
  switch (answer->kind) {
    case KeyAnswer::Kind::found:
      take(best_attempt(answer->records, hash, signature), result);
      return {};
    case KeyAnswer::Kind::no_record:
    case KeyAnswer::Kind::no_name:
      result.verdict = Verdict::permerror;
      result.reason = "there is no key at " + name;
      return {};
    case KeyAnswer::Kind::temporary:
      result.verdict = Verdict::temperror;
      result.reason = "the key could not be fetched from " + name;
      if (!answer->why.empty()) result.reason += ": " + answer->why;
      return {};
  }
  return {};
}

}  // namespace mailtool::signing
