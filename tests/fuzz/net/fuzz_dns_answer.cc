// The first octet chooses the type asked for; the rest is what a name server
// sends. Properties: records of one type alone, each name fit to be shown, and
// reading twice gives the same.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mailtool/base/printable.h"
#include "mailtool/net/dns_answer.h"

namespace {

using namespace mailtool::net;

constexpr RecordType kTypes[] = {RecordType::a,   RecordType::aaaa,
                                 RecordType::mx,  RecordType::srv,
                                 RecordType::txt, RecordType::tlsa};

void must_be_tame(const std::string& name) {
  if (name.size() > 4 * 255 || mailtool::printable(name, 2000) != name)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  if (n == 0) return 0;
  const RecordType type = kTypes[data[0] % std::size(kTypes)];
  const std::string_view message(reinterpret_cast<const char*>(data) + 1,
                                 n - 1);
  const auto answer = parse_dns_answer(message, "a.test", type);
  if (!answer) return 0;
  must_be_tame(answer->canonical);
  must_be_tame(answer->question);
  for (const auto& record : answer->mx) must_be_tame(record.host);
  for (const auto& record : answer->srv) must_be_tame(record.target);
  const std::size_t filled =
      (answer->addresses.empty() ? 0u : 1u) + (answer->mx.empty() ? 0u : 1u) +
      (answer->srv.empty() ? 0u : 1u) + (answer->txt.empty() ? 0u : 1u) +
      (answer->tlsa.empty() ? 0u : 1u);
  if (filled > 1) std::abort();
  if (answer->rcode != Rcode::no_error && !answer->empty()) std::abort();
  const auto again = parse_dns_answer(message, "a.test", type);
  if (!again || again->mx != answer->mx || again->srv != answer->srv ||
      again->addresses != answer->addresses || again->txt != answer->txt ||
      again->tlsa != answer->tlsa)
    std::abort();
  return 0;
}
