/// \file
/// RecentBoxes: mailboxes of `serve` that stay open though nobody has them.
#pragma once

#include <cstddef>
#include <list>
#include <memory>

namespace mailtool::app {

class ServedBox;

/// To open one reads its folders and stats its files, which is more than most
/// commands need of it; so those used last are kept, of all users together.
class RecentBoxes {
 public:
  static constexpr std::size_t kMost = 16;

  /// It is the last used from now on; the one used longest ago is let go.
  void use(const std::shared_ptr<ServedBox>& box);
  void drop(const std::shared_ptr<ServedBox>& box) { boxes_.remove(box); }
  [[nodiscard]] std::size_t size() const { return boxes_.size(); }

 private:
  std::list<std::shared_ptr<ServedBox>> boxes_;  // the last used first
};

}  // namespace mailtool::app
