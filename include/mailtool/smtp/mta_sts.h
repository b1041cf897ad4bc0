/// \file
/// MTA-STS: the record and the policy by which a domain says that its mail
/// exchangers have TLS (RFC 8461 section 3). Pure syntax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::smtp {

/// The id of a TXT record at _mta-sts.DOMAIN, 1 to 32 letters and digits;
/// nullopt where the text is no such record.
[[nodiscard]] std::optional<std::string> parse_mta_sts_id(
    std::string_view text);

/// True for a text that claims to be such a record: more than one of them is
/// as none (section 3.1).
[[nodiscard]] bool is_mta_sts_record(std::string_view text);

struct MtaStsPolicy {
  enum class Mode : std::uint8_t { none, testing, enforce };

  Mode mode = Mode::none;
  std::uint32_t max_age = 0;  ///< seconds, 0..kMaxMtaStsAge
  /// Lower case; "mx.example.org", or "*.example.org" for any one label. Never
  /// empty unless the mode is none.
  std::vector<std::string> mx;

  /// Whether `host` (A-labels, lower case) is a mail exchanger by this policy.
  [[nodiscard]] bool names(std::string_view host) const;
  friend bool operator==(const MtaStsPolicy&, const MtaStsPolicy&) = default;
};

inline constexpr std::uint32_t kMaxMtaStsAge = 31'557'600;
inline constexpr std::size_t kMaxMtaStsOctets = 64 * 1024;

/// Fails with protocol on a text over kMaxMtaStsOctets, a line that is no
/// field, a version other than STSv1, a mode or max_age that is missing or
/// wrong, a mode other than none without mx, an mx that is no domain.
Result<MtaStsPolicy> parse_mta_sts_policy(std::string_view text);

/// The inverse, with CRLF line ends.
[[nodiscard]] std::string to_text(const MtaStsPolicy& policy);

}  // namespace mailtool::smtp
