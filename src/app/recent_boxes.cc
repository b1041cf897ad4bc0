#include "app/recent_boxes.h"

#include <algorithm>

#include "app/served_box.h"

namespace mailtool::app {

void RecentBoxes::use(const std::shared_ptr<ServedBox>& box) {
  const auto known = std::find(boxes_.begin(), boxes_.end(), box);
  if (known != boxes_.end()) {
    boxes_.splice(boxes_.begin(), boxes_, known);
    return;
  }
  boxes_.push_front(box);
  if (boxes_.size() > kMost) boxes_.pop_back();
}

}  // namespace mailtool::app
