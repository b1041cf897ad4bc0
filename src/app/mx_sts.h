/// \file
/// StsPolicies: what a domain says by MTA-STS about its mail exchangers
/// (RFC 8461).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/mx_sts_cache.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// A policy that holds, and where it comes from, for people.
struct StsFinding {
  smtp::MtaStsPolicy policy;
  std::string id;
  std::string origin;  ///< "fetched", "kept from an earlier run"
};

/// Looks policies up: TXT record, cache, web server. Safe to use from many
/// threads.
class StsPolicies {
 public:
  /// The outside, as functions, so that tests can stand in for it.
  struct Outside {
    /// All TXT records of an owner name. Fails as Resolver::txt.
    std::function<Result<std::vector<std::string>>(const std::string&)> txt;
    /// The policy file of a domain: the text, or why there is none.
    std::function<Result<std::string>(const std::string& domain)> fetch;
    /// Seconds since 1970.
    std::function<std::int64_t()> now;
    /// Tells the user of -v what happened.
    std::function<void(std::string_view)> note;
  };

  StsPolicies(Outside outside, StsCache cache)
      : outside_(std::move(outside)), cache_(std::move(cache)) {}

  /// The id by which `domain` (A-labels, lower case) announces a policy;
  /// nullopt where it does not, or cannot be asked.
  [[nodiscard]] std::optional<std::string> announced_id(
      const std::string& domain) const;

  /// The policy of `domain`, unless there is none or its mode is none. A policy
  /// is fetched when its id is new or it has expired; where that fails, or none
  /// is announced, one that has not expired goes on to hold (section 3.3).
  [[nodiscard]] std::optional<StsFinding> find(
      const std::string& domain, const std::optional<std::string>& announced);

 private:
  std::optional<StsEntry> look_up(const std::string& domain,
                                  const std::optional<std::string>& announced,
                                  std::string& origin);

  Outside outside_;
  StsCache cache_;
};

}  // namespace mailtool::app
