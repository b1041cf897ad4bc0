// mailtool serve: a mail server, until a signal comes.

#include <utility>

#include "app/commands.h"
#include "app/serve_doors.h"
#include "app/serve_loop.h"
#include "app/serve_root.h"
#include "app/serve_site.h"
#include "app/signals.h"

namespace mailtool::app {
namespace {

Result<void> tell_plan(const ServeOptions& options, Output& out) {
  for (const auto& door : options.doors) {
    auto wrote = out.write("would listen: " + std::string(door.name) + " " +
                           door.endpoint.to_string() +
                           (door.fixed ? "\n" : ", or the next free\n"));
    if (!wrote) return wrote;
  }
  return {};
}

}  // namespace

Result<ExitStatus> serve(const Invocation& invocation, Output& out) {
  const auto options = read_serve_options(invocation);
  if (!options) return options.error();
  if (invocation.dry_run()) {
    if (auto told = tell_plan(*options, out); !told) {
      return std::move(told).error();
    }
    return ExitStatus::ok;
  }
  const auto root = ServeRoot::open(options->root);
  if (!root) return root.error();
  ServeSite site(*options, root->mail(), root->temporary());
  if (auto opened = site.open(*options, invocation); !opened) {
    return std::move(opened).error();
  }
  auto doors = open_doors(*options);
  if (!doors) return std::move(doors).error();
  if (auto told = write_ready(*doors, *options, root->folder(), out); !told) {
    return std::move(told).error();
  }
  ServeLoop loop(site.disk());
  for (auto& [door, listener] : *doors) {
    loop.listen(std::move(listener),
                [&site, door = door] { return site.session(door); });
  }
  loop.run(interrupt_fd());
  return ExitStatus::ok;
}

}  // namespace mailtool::app
