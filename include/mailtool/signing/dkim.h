/// \file
/// DKIM: do the signatures of a message hold? RFC 6376, RFC 8301, RFC 8463.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mailtool/signing/body_hash.h"
#include "mailtool/signing/header_field.h"
#include "mailtool/signing/key_source.h"
#include "mailtool/signing/signature.h"

namespace mailtool::signing {

inline constexpr std::size_t kMaxSignatures = 20;
/// Octets of header that one signature may cover; more is a permerror.
inline constexpr std::size_t kMaxSignedHeader = std::size_t{1} << 20;
inline constexpr unsigned kMinRsaBits = 1024;   ///< RFC 8301 section 3.2
inline constexpr unsigned kGoodRsaBits = 2048;  ///< below: told as weak
inline constexpr unsigned kMaxRsaBits = 8192;
/// How far the clocks of signer and reader may be apart.
inline constexpr std::int64_t kClockSkewSeconds = 300;

/// d= beside the domain of From. Organizational domains are not computed.
enum class Alignment : std::uint8_t {
  none,
  signer_below,  ///< d= is a subdomain of From's domain
  signer_above,  ///< From's domain is a subdomain of d=
  exact,
};

[[nodiscard]] std::string_view to_string(Alignment alignment) noexcept;

/// For several From domains the worst; for none Alignment::none.
[[nodiscard]] Alignment alignment_of(std::string_view signer,
                                     std::span<const std::string> from_domains);

struct DkimResult {
  std::size_t field = 0;  ///< index into the header
  Verdict verdict = Verdict::none;
  std::string reason;                 ///< in plain words; empty for a pass
  std::vector<std::string> warnings;  ///< what a pass is worth less for
  Signature signature;                ///< what could be read of it
  unsigned key_bits = 0;              ///< 0: the key was not seen
  Alignment alignment = Alignment::none;
};

struct DkimReport {
  std::vector<DkimResult> results;  ///< in order of the header
  std::size_t not_checked = 0;      ///< signatures beyond kMaxSignatures
};

/// One message's signatures. The header outlives it.
///
///     BodyHashes bodies;
///     DkimCheck check(header, from_domains, now, bodies);
///     ... write the body to `bodies`, bodies.finish() ...
///     auto report = check.report(bodies, keys);
class DkimCheck {
 public:
  /// Reads the signatures and tells `bodies` what to hash. `now` is seconds
  /// since 1970; `from_domains` are lower case.
  DkimCheck(std::span<const HeaderField> header,
            std::span<const std::string> from_domains, std::int64_t now,
            BodyHashes& bodies);

  /// Fails as `keys` does.
  Result<DkimReport> report(const BodyHashes& bodies, KeySource& keys) const;

 private:
  std::span<const HeaderField> header_;
  DkimReport read_;  // verdict none: still to be checked
};

}  // namespace mailtool::signing
