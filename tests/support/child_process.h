/// \file
/// in_child: work in a process of its own, which may be killed in its midst.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace mailtool::test {

/// How a child ended, and what it had said by then.
struct ChildEnd {
  int status = 0;  ///< as waitpid() tells it
  std::string said;

  /// It came to the end of its work, or left with that status.
  [[nodiscard]] bool exited(int code = 0) const;
};

/// Tells the parent some octets: from then on it knows them, whatever becomes
/// of the child.
using Say = std::function<void(std::string_view)>;

/// Runs `work` in a copy of this process and ends that, with nothing put in
/// order behind it: no destructor runs but those within `work`. A pipe that
/// cannot be had or written fails as status 8.
ChildEnd in_child(const std::function<void(const Say&)>& work);

}  // namespace mailtool::test
