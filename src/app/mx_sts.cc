#include "app/mx_sts.h"

#include <utility>
#include <vector>

namespace mailtool::app {
namespace {

using Mode = smtp::MtaStsPolicy::Mode;

// RFC 8461 section 3.1: not exactly one record of this version is as none.
std::optional<std::string> announced_id(const std::vector<std::string>& texts) {
  std::optional<std::string> id;
  std::size_t records = 0;
  for (const auto& text : texts) {
    if (!smtp::is_mta_sts_record(text)) continue;
    if (++records > 1) return std::nullopt;
    id = smtp::parse_mta_sts_id(text);
  }
  return id;
}

}  // namespace

// Section 5.1 for a sender with a cache.
std::optional<StsEntry> StsPolicies::look_up(const std::string& domain,
                                             std::string& origin) {
  auto kept = cache_.read(domain);
  const auto now = outside_.now();
  if (kept && kept->expires <= now) kept.reset();
  origin = "kept from an earlier run";

  // A record that is gone or cannot be had does not end a policy: that is the
  // first thing an attacker would do.
  const auto texts = outside_.txt("_mta-sts." + domain);
  const auto id = texts ? announced_id(*texts) : std::nullopt;
  if (!id || (kept && kept->id == *id)) return kept;

  const auto text = outside_.fetch(domain);
  const auto policy = text ? smtp::parse_mta_sts_policy(*text)
                           : Result<smtp::MtaStsPolicy>(text.error());
  if (!policy) {
    outside_.note("MTA-STS of " + domain + ": " + policy.error().one_line() +
                  (kept ? "; the policy of an earlier run holds" : ""));
    return kept;
  }
  origin = "fetched";
  StsEntry entry{*id, now + policy->max_age, *policy};
  cache_.write(domain, entry);
  return entry;
}

std::optional<StsFinding> StsPolicies::find(const std::string& domain) {
  std::string origin;
  auto entry = look_up(domain, origin);
  if (!entry || entry->policy.mode == Mode::none) return std::nullopt;
  return StsFinding{std::move(entry->policy), std::move(entry->id),
                    std::move(origin)};
}

}  // namespace mailtool::app
