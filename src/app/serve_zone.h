/// \file
/// The zone of the name server of `serve`.
#pragma once

#include <vector>

#include "app/serve_doors.h"
#include "mailtool/net/name_zone.h"

namespace mailtool::app {

/// The domains of `options`, whose mail goes where SMTP is listened for, and
/// those beside them. Fails with usage where one is too long for it.
Result<net::NameZone> zone_of(const ServeOptions& options,
                              const std::vector<OpenDoor>& doors);

}  // namespace mailtool::app
