#include "app/resolver_keys.h"

#include <algorithm>

namespace mailtool::app {
namespace {

bool run_is_over(const net::RunLimits& run) {
  return run.end && net::RunLimits::Clock::now() >= *run.end;
}

}  // namespace

Result<signing::KeyAnswer> ResolverKeys::txt(std::string_view name) {
  using Kind = signing::KeyAnswer::Kind;
  signing::KeyAnswer answer;
  auto found = resolver_.txt(name);
  if (!found) {
    const auto kind = found.error().kind;
    if (kind == ErrorKind::interrupted || run_is_over(resolver_.options().run))
      return std::move(found).error();
    answer.kind = kind == ErrorKind::no_host ? Kind::no_name : Kind::temporary;
    answer.why = found.error().what;
    return answer;
  }
  auto& records = found->records;
  answer.kind = records.empty() ? Kind::no_record : Kind::found;
  const auto count = std::min(records.size(), kMaxRecords);
  for (std::size_t i = 0; i < count; ++i)
    answer.records.push_back(std::move(records[i].text));
  return answer;
}

}  // namespace mailtool::app
