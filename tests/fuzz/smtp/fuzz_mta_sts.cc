// Whatever is accepted can be printed, and reading the print gives the same.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mailtool/smtp/mta_sts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  using namespace mailtool::smtp;
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  const auto id = parse_mta_sts_id(text);
  if (id && (id->empty() || id->size() > 32 || !is_mta_sts_record(text))) {
    std::abort();
  }
  const auto policy = parse_mta_sts_policy(text);
  if (!policy) return 0;
  if (policy->max_age > kMaxMtaStsAge) std::abort();
  if (policy->mx.empty() && policy->mode != MtaStsPolicy::Mode::none) {
    std::abort();
  }
  (void)policy->names("mx.example.org");
  // A policy at the limit may print longer than it was, with CRLF.
  const auto printed = to_text(*policy);
  if (printed.size() > kMaxMtaStsOctets) return 0;
  const auto again = parse_mta_sts_policy(printed);
  if (!again || !(*again == *policy)) std::abort();
  return 0;
}
