#include "mailtool/serve/fault_rules.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::serve {
namespace {

// "*" is anything, "?" one octet. Goes back to the last star alone: at most
// pattern times text.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = pattern.npos;
  std::size_t from = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = t;
    } else if (p < pattern.size() &&
               (pattern[p] == '?' ||
                to_lower(pattern[p]) == to_lower(text[t]))) {
      ++p;
      ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_about(const FaultRule& rule, Protocols protocol,
              std::string_view command,
              const std::vector<std::string>& subjects) {
  if ((rule.protocols & protocol) == 0 || rule.command != command) return false;
  if (rule.pattern == "*") return true;
  return std::any_of(
      subjects.begin(), subjects.end(),
      [&](const std::string& one) { return fits(rule.pattern, one); });
}

}  // namespace

Fault FaultRules::strike(Protocols protocol, std::string_view command,
                         const std::vector<std::string>& subjects) {
  Fault fault;
  for (auto& [rule, asked, struck] : rules_) {
    if (!is_about(rule, protocol, command, subjects)) continue;
    ++asked;
    const bool due = asked > rule.after &&
                     (asked - rule.after) % rule.every == 0 &&
                     struck < rule.times;
    if (!due) continue;
    ++struck;
    fault.delay += rule.fault.delay;
    if (rule.fault.kind == Fault::Kind::none) continue;
    const auto delay = fault.delay;
    fault = rule.fault;
    fault.delay = delay;
    return fault;
  }
  return fault;
}

}  // namespace mailtool::serve
