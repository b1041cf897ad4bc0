// Where the folder of a ServedBox is, and its messages go: for RENAME and DELETE.

#include <optional>
#include <utility>

#include "app/served_box.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMoved = 200;  // messages of a portion

}  // namespace

Result<void> ServedBox::move_to(const std::string& path) {
  if (!added_.empty() || !changed_.empty()) settle();
  auto moved = maildir_->move_to(path);
  if (moved) path_ = path;
  return moved;
}

Result<void> ServedBox::renumber(std::uint32_t uidvalidity) {
  auto done = maildir_->renumber(uidvalidity);
  disk_.mark(*this);  // so that those in IDLE are told
  return done;
}

// What another program has renamed meanwhile is found again at the end.
Result<bool> ServedBox::move_messages(const std::string& folder,
                                      std::uint32_t uidvalidity,
                                      std::uint32_t below) {
  const auto moved =
      maildir_->move_messages(folder, uidvalidity, below, kMoved);
  std::optional<Error> failed;
  if (!moved) failed = moved.error();
  if (moved && *moved < kMoved) {
    const auto found = maildir_->find_again();
    if (!found) failed = found.error();
  }
  read_messages();
  disk_.mark(*this);  // so that those in IDLE are told
  if (failed) return *std::move(failed);
  const bool left = !messages_.empty() && messages_.front().uid < below;
  if (left && *moved == 0) {
    return Error{ErrorKind::local_io, "another program renames it", path_};
  }
  return left;
}

}  // namespace mailtool::app
