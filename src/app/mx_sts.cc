#include "app/mx_sts.h"

#include <utility>
#include <vector>

namespace mailtool::app {
namespace {

using Mode = smtp::MtaStsPolicy::Mode;

}  // namespace

// RFC 8461 section 3.1: not exactly one record of this version is as none.
std::optional<std::string> StsPolicies::announced_id(
    const std::string& domain) const {
  const auto texts = outside_.txt("_mta-sts." + domain);
  if (!texts) return std::nullopt;
  std::optional<std::string> id;
  std::size_t records = 0;
  for (const auto& text : *texts) {
    if (!smtp::is_mta_sts_record(text)) continue;
    if (++records > 1) return std::nullopt;
    id = smtp::parse_mta_sts_id(text);
  }
  return id;
}

// Section 5.1 for a sender with a cache. A record that is gone or cannot be had
// does not end a policy: that is the first thing an attacker would do.
std::optional<StsEntry> StsPolicies::look_up(
    const std::string& domain, const std::optional<std::string>& announced,
    std::string& origin) {
  auto kept = cache_.read(domain);
  const auto now = outside_.now();
  if (kept && kept->expires <= now) kept.reset();
  origin = "kept from an earlier run";
  if (!announced || (kept && kept->id == *announced)) return kept;

  const auto text = outside_.fetch(domain);
  const auto policy = text ? smtp::parse_mta_sts_policy(*text)
                           : Result<smtp::MtaStsPolicy>(text.error());
  if (!policy) {
    outside_.note("MTA-STS of " + domain + ": " + policy.error().one_line() +
                  (kept ? "; the policy of an earlier run holds" : ""));
    return kept;
  }
  origin = "fetched";
  StsEntry entry{*announced, now + policy->max_age, *policy};
  cache_.write(domain, entry);
  return entry;
}

std::optional<StsFinding> StsPolicies::find(
    const std::string& domain, const std::optional<std::string>& announced) {
  std::string origin;
  auto entry = look_up(domain, announced, origin);
  if (!entry || entry->policy.mode == Mode::none) return std::nullopt;
  return StsFinding{std::move(entry->policy), std::move(entry->id),
                    std::move(origin)};
}

}  // namespace mailtool::app
