// Property: any text is a file of aliases or a config error of one line; what
// names stand for is bounded, and fit for an envelope's line.

#include <cstdint>
#include <cstdlib>

#include "app/aliases.h"
#include "mailtool/base/ascii.h"

using namespace mailtool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string text(reinterpret_cast<const char*>(data), n);
  // ":include:" would open files of this machine.
  if (lower(text).find("include") != text.npos) return 0;
  const auto expect_config = [](const Error& error) {
    if (error.kind != ErrorKind::config) std::abort();
    if (has_line_break_or_nul(error.one_line())) std::abort();
  };
  const auto aliases = app::Aliases::parse(text, "/etc/aliases");
  if (!aliases) {
    expect_config(aliases.error());
    return 0;
  }
  for (const std::string name :
       {"root", "a", "b", "\"a b\"", "x@own.example"}) {
    const auto expanded = aliases->expand({name, "c"}, "own.example");
    if (!expanded) {
      expect_config(expanded.error());
      continue;
    }
    if (expanded->size() > app::AliasLimits().addresses + 2) std::abort();
    for (const auto& address : *expanded) {
      if (address.empty() || has_line_break_or_nul(address)) std::abort();
    }
  }
  return 0;
}
