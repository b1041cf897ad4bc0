/// \file
/// ARC: is the chain of custody whole? RFC 8617.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mailtool/signing/dkim.h"

namespace mailtool::signing {

inline constexpr unsigned kMaxArcSets = 50;  ///< RFC 8617 section 4.2.1

/// The three fields of one instance.
struct ArcInstance {
  unsigned instance = 0;
  std::string results;  ///< value of ARC-Authentication-Results, raw
  DkimResult message_signature;
  DkimResult seal;  ///< its signature.chain is cv=
};

struct ArcReport {
  /// none, pass or fail as in RFC 8617 section 4.4; temperror when that hangs
  /// on a key that could not be fetched.
  Verdict verdict = Verdict::none;
  std::string reason;
  std::vector<ArcInstance> instances;  ///< 1, 2, 3...; empty when malformed
  /// The first instance from which on every message signature holds; 0 when
  /// all do (section 5.2). Meaningful for a pass.
  unsigned oldest_pass = 0;
};

/// One message's chain. Used as DkimCheck is; the header outlives it.
class ArcCheck {
 public:
  ArcCheck(std::span<const HeaderField> header,
           std::span<const std::string> from_domains, std::int64_t now,
           BodyHashes& bodies);

  /// Fails as `keys` does.
  Result<ArcReport> report(const BodyHashes& bodies, KeySource& keys) const;

 private:
  struct Fields {  // indices into the header
    std::size_t results;
    std::size_t message_signature;
    std::size_t seal;
  };
  [[nodiscard]] bool collect();
  Result<void> check_seals(ArcReport& report, KeySource& keys) const;

  std::span<const HeaderField> header_;
  std::vector<Fields> fields_;  // one for each of read_.instances
  ArcReport read_;              // verdict none: still to be checked
};

}  // namespace mailtool::signing
