// The file of a MirrorState: looked at, read, begun, rewritten.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "mailtool/base/printable.h"
#include "mailtool/store/atomic_file.h"
#include "mailtool/store/mirror_state.h"
#include "store/mirror_state_line.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kBlock = 64 * 1024;
// A file is rewritten where it has so many lines more than it needs.
constexpr std::uint64_t kSpareLines = 5000;

Error no_state(const std::string& path) {
  return Error{ErrorKind::bad_input,
               printable(path) + " is no state of a mirror"};
}

// Up to `octets` from `offset` on; fewer only at the end of the file.
Result<std::string> read_part(int descriptor, const std::string& path,
                              off_t offset, std::size_t octets) {
  std::string part(octets, '\0');
  std::size_t count = 0;
  while (count < octets) {
    const auto got =
        ::pread(descriptor, part.data() + count, octets - count,
                offset + static_cast<off_t>(count));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read", path, errno);
    if (got == 0) break;
    count += static_cast<std::size_t>(got);
  }
  part.resize(count);
  return part;
}

}  // namespace

Result<std::optional<MirrorState::Glance>> MirrorState::glance(
    const std::string& path) {
  auto file = open_regular("read", path, O_RDONLY);
  if (!file) return std::move(file).error();
  if (!file->valid()) return std::optional<Glance>();
  struct stat found {};
  if (::fstat(file->get(), &found) != 0) {
    return system_error("read", path, errno);
  }
  auto head = read_part(file->get(), path, 0, kMirrorLineOctets + 1);
  if (!head) return std::move(head).error();
  const auto end = head->find('\n');
  // A crash may have left no more than the file.
  if (head->empty()) return std::optional<Glance>();
  auto title = parse_title_line(std::string_view(*head).substr(0, end));
  if (end == head->npos || !title) return no_state(path);
  Glance glance{*std::move(title), {}};
  const auto from = std::max<off_t>(
      0, found.st_size - static_cast<off_t>(kMirrorLineOctets) - 2);
  auto tail =
      read_part(file->get(), path, from, kMirrorLineOctets + 2);
  if (!tail) return std::move(tail).error();
  if (tail->ends_with('\n')) {
    tail->pop_back();
    const auto before = tail->rfind('\n');
    if (before != tail->npos) {
      glance.point =
          parse_point_line(std::string_view(*tail).substr(before + 1));
    }
  }
  return std::optional(std::move(glance));
}

// Its first line was seen by glance().
Result<void> MirrorState::load(int descriptor, const MirrorTitle& title) {
  std::string carried;
  off_t offset = 0;
  bool first = true;
  while (true) {
    auto block = read_part(descriptor, path_, offset, kBlock);
    if (!block) return std::move(block).error();
    if (block->empty()) break;
    std::size_t at = 0;
    for (auto end = block->find('\n'); end != block->npos;
         end = block->find('\n', at)) {
      auto line = std::string_view(*block).substr(at, end - at);
      if (!carried.empty()) {
        carried += line;
        line = carried;
      }
      if (first && parse_title_line(line) != title) return no_state(path_);
      if (!std::exchange(first, false)) take_line(line);
      carried.clear();
      at = end + 1;
      whole_ = offset + static_cast<off_t>(at);
    }
    // What is longer than any line is none, however it goes on.
    const auto rest = std::string_view(*block).substr(at);
    if (carried.size() <= kMirrorLineOctets) carried += rest;
    offset += static_cast<off_t>(block->size());
  }
  settle();
  return {};
}

Result<std::unique_ptr<MirrorState>> MirrorState::read(
    const std::string& path, const MirrorTitle& title) {
  std::unique_ptr<MirrorState> state(new MirrorState(path));
  state->intern("");
  auto file = open_regular("read", path, O_RDONLY);
  if (!file) return std::move(file).error();
  if (!file->valid()) return state;
  if (auto loaded = state->load(file->get(), title); !loaded) {
    return std::move(loaded).error();
  }
  return state;
}

Result<std::unique_ptr<MirrorState>> MirrorState::open(
    const std::string& path, const MirrorTitle& title) {
  std::unique_ptr<MirrorState> state(new MirrorState(path));
  state->intern("");
  auto file = open_regular("open", path, O_RDWR | O_APPEND);
  if (!file) return std::move(file).error();
  if (file->valid()) {
    if (auto loaded = state->load(file->get(), title); !loaded) {
      return std::move(loaded).error();
    }
  }
  const auto needed = state->records_.size() + 2;
  const bool fat = state->lines_ > 2 * needed + kSpareLines;
  if (!file->valid() || state->whole_ == 0 || fat) {
    if (auto begun = state->begin_file(title); !begun) {
      return std::move(begun).error();
    }
    file = open_regular("open", path, O_RDWR | O_APPEND);
    if (!file) return std::move(file).error();
    if (!file->valid()) return system_error("open", path, ENOENT);
  } else if (sys_truncate(file->get(), state->whole_) != 0) {
    return system_error("truncate", path, errno);
  }
  state->descriptor_ = file->release();
  return state;
}

Result<void> MirrorState::begin_file(const MirrorTitle& title) {
  auto file = AtomicFile::create(path_);
  if (!file) return std::move(file).error();
  if (auto wrote = file->write(title_line(title) + "\n"); !wrote) return wrote;
  lines_ = 0;
  for (const auto& record : records_) {
    auto line = (record.gone() ? "~" : "+") + std::to_string(record.uid);
    if (!record.gone()) {
      const auto& flags = flags_of(record);
      line += " " + (flags.empty() ? "-" : flags);
    }
    if (auto wrote = file->write(line + "\n"); !wrote) return wrote;
    ++lines_;
  }
  if (point_) {
    ++lines_;
    if (auto wrote = file->write(point_line(*point_) + "\n"); !wrote) {
      return wrote;
    }
  }
  return file->commit();
}

}  // namespace mailtool::store
