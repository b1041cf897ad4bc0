/// \file
/// The table [account.NAME.dkim] of the config file.
#pragma once

#include "app/config_node.h"
#include "app/dkim_config.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// Checks names and types; the key files are not opened. Fails with config.
Result<DkimConfig> read_dkim(const toml::key& name, const toml::node& node,
                             const ConfigFile& file);

}  // namespace mailtool::app
