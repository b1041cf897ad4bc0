// Properties: any division into writes gives the same; lines keep their number;
// what has a domain everywhere stays as it is; and who is meant stays the same.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "app/header_domain.h"
#include "app/qualify.h"

using namespace mailtool;

namespace {

std::string passed(std::string_view text, std::size_t piece) {
  StringSink out(1 << 26);
  app::HeaderDomain filter(out, "h.example");
  while (!text.empty()) {
    if (!filter.write(text.substr(0, piece))) std::abort();
    text.remove_prefix(std::min(piece, text.size()));
  }
  if (!filter.finish()) std::abort();
  return out.text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  const auto whole = passed(text, n + 1);
  if (passed(text, 1) != whole || passed(text, 7) != whole) std::abort();
  if (std::count(text.begin(), text.end(), '\n') !=
      std::count(whole.begin(), whole.end(), '\n')) {
    std::abort();
  }
  if (passed(whole, n + 1) != whole) std::abort();

  const auto value = app::with_domain(text, "h.example");
  if (value == text) return 0;
  auto before = mime::parse_address_list(text);
  app::qualify(before, "h.example");
  if (before.mailboxes != mime::parse_address_list(value).mailboxes) {
    std::abort();
  }
  return 0;
}
