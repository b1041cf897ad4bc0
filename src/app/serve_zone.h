/// \file
/// The zone of the name server of `serve`, and what is asked for mail.
#pragma once

#include <optional>
#include <vector>

#include "app/serve_doors.h"
#include "app/serve_way.h"
#include "mailtool/net/name_zone.h"

namespace mailtool::app {

/// The domains of `options`, whose mail goes where SMTP is listened for, and
/// those beside them. Fails with usage where one is too long for it.
Result<net::NameZone> zone_of(const ServeOptions& options,
                              const std::vector<OpenDoor>& doors);

/// Where mail for other domains goes; nullopt: nowhere. `doors` are those of
/// `options`.
[[nodiscard]] std::optional<ServeWay> way_out(
    const ServeOptions& options, const std::vector<OpenDoor>& doors);

}  // namespace mailtool::app
