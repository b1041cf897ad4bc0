/// \file
/// DeliveryBench: a maildrop fetched into any destination, and what came out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fault/fetch_bench.h"

namespace mailtool::test {

/// A destination that a test can look into.
struct Outlet {
  app::DestinationName name;
  /// Contents, each as often as it is there.
  std::map<std::string, int> (*found)(const app::DestinationName& name);
};

/// As a Maildir, an mbox or a folder of files of `folder`.
Outlet maildir_outlet(const std::string& folder);
Outlet mbox_outlet(const std::string& folder);
Outlet folder_outlet(const std::string& folder);
/// Runs a shell that keeps each message in a file of its own.
Outlet pipe_outlet(const std::string& folder);

/// What must hold whatever happened: nothing cut or foreign, and what is
/// deleted on the server is there. `twice`: how many more than once may be.
std::string violation(const Outlet& outlet, const SharedMaildrop& maildrop,
                      int twice);
/// The same, and everything is there.
std::string incomplete(const Outlet& outlet, const SharedMaildrop& maildrop,
                       int twice);

}  // namespace mailtool::test
