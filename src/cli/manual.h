/// \file
/// The manual: man(1), where there is one and it has the page.
#pragma once

#include <string>

namespace mailtool::cli {

/// Becomes man(1) with `page` ("mailtool-send"). Returns only when there is no
/// man(1), or no such page.
void open_manual(const std::string& page);

}  // namespace mailtool::cli
