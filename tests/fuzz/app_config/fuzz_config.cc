// Property: whatever the file holds, it is read or refused with its place, in
// one line; and what was read can be resolved for every command.

#include <cstdint>
#include <cstdlib>

#include "app/config.h"
#include "mailtool/base/ascii.h"

using namespace mailtool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  const auto config = app::parse_config(text, "c.toml", "/home/alice", true);
  if (!config) {
    if (config.error().kind != ErrorKind::config) std::abort();
    if (!config.error().one_line().starts_with("c.toml:")) std::abort();
    if (has_line_break_or_nul(config.error().one_line())) std::abort();
    return 0;
  }
  const auto nothing = [](std::string_view) { return std::nullopt; };
  for (const auto* command : app::commands()) {
    for (const auto& account : config->accounts) {
      const auto options =
          app::resolve_options(*command, {}, nothing, *config, account.first);
      if (!options && options.error().kind != ErrorKind::config) std::abort();
    }
  }
  return 0;
}
