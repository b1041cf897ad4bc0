// The names of messages in a QueueFolder.
#pragma once

#include <string_view>

namespace mailtool::store {

// id = 10*DIGIT "-" 1*( ALPHA / DIGIT )
[[nodiscard]] bool is_queue_id(std::string_view text);

}  // namespace mailtool::store
