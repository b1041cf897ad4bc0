/// \file
/// Questions to a name server over a c-ares channel, and what comes back.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/net/dns_answer.h"
#include "mailtool/net/resolver.h"

namespace mailtool::net {

struct Question {
  std::string owner;  ///< A-labels, see to_ascii_owner()
  RecordType type = RecordType::a;
};

/// The query of RFC 1035 section 4.1 as it goes out: recursion and AD (RFC 6840
/// section 5.7) desired, EDNS with 1232 octets. `id` and `case_bits` are
/// random: a bit a letter says which are sent in upper case, so that a forged
/// answer has more to guess than the id.
struct WireQuery {
  std::string octets;
  std::string owner;  ///< in the case sent
};
[[nodiscard]] WireQuery to_wire(const Question& question, std::uint16_t id,
                                std::string_view case_bits, bool edns);

/// The answers, in the order of the questions, all asked side by side.
struct Answers {
  /// A DnsAnswer has the rcode no_error or name_error and is complete. Errors
  /// are unresolved; timed_out and interrupted by the RunLimits alone.
  std::vector<Result<DnsAnswer>> list;
  bool cut_short = false;  ///< `grace` ended before all had answered
};

/// With `grace`, once one answer holds records the rest get only that long.
Answers ask(const ResolverOptions& options,
            const std::vector<Question>& questions,
            std::optional<std::chrono::milliseconds> grace = std::nullopt);

/// The search domains of the system's resolver, at most six.
std::vector<std::string> search_domains();

}  // namespace mailtool::net
