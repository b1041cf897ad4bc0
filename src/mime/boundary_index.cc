#include "mailtool/mime/boundary_index.h"

#include <algorithm>

namespace mailtool::mime {
namespace {

std::string_view of(std::string_view text, BoundaryIndex::Slice slice) {
  return text.substr(slice.begin, slice.length);
}

std::size_t common_length(std::string_view a, std::string_view b) {
  const auto [end, other] =
      std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end - a.begin());
}

}  // namespace

BoundaryIndex::Entries::const_iterator BoundaryIndex::lower_bound(
    std::string_view text, std::string_view line) const {
  return std::lower_bound(entries_.begin(), entries_.end(), line,
                          [text](const Entry& entry, std::string_view value) {
                            return of(text, entry.boundary) < value;
                          });
}

void BoundaryIndex::add(std::string_view text, Slice boundary,
                        std::uint32_t level) {
  const auto value = of(text, boundary);
  const auto at = entries_.insert(lower_bound(text, value),
                                  {boundary, level, boundary.length});
  update(text, static_cast<std::size_t>(at - entries_.begin()), value);
}

void BoundaryIndex::remove(std::string_view text, Slice boundary) {
  const auto value = of(text, boundary);
  const auto at = entries_.erase(lower_bound(text, value));
  update(text, static_cast<std::size_t>(at - entries_.begin()), value);
}

// What begins an entry begins the one before it too, or is it: all between the
// two begin with it. Those behind `first` that begin with `boundary` change.
void BoundaryIndex::update(std::string_view text, std::size_t first,
                           std::string_view boundary) {
  for (auto i = first; i < entries_.size(); ++i) {
    auto& entry = entries_[i];
    const auto own = of(text, entry.boundary);
    if (!own.starts_with(boundary)) return;
    entry.shortest = entry.boundary.length;
    if (i == 0) continue;
    const auto& before = entries_[i - 1];
    if (before.shortest <= common_length(of(text, before.boundary), own)) {
      entry.shortest = before.shortest;
    }
  }
}

// By the same reason the last entry that is not behind the line tells.
bool BoundaryIndex::any_begins(std::string_view text,
                               std::string_view line) const {
  const auto behind = std::upper_bound(
      entries_.begin(), entries_.end(), line,
      [text](std::string_view value, const Entry& entry) {
        return value < of(text, entry.boundary);
      });
  if (behind == entries_.begin()) return false;
  const auto& entry = *(behind - 1);
  return entry.shortest <= common_length(of(text, entry.boundary), line);
}

std::optional<std::uint32_t> BoundaryIndex::find(std::string_view text,
                                                 std::string_view line,
                                                 std::uint32_t below) const {
  for (auto at = lower_bound(text, line); at != entries_.end(); ++at) {
    if (of(text, at->boundary) != line) break;
    if (at->level < below) return at->level;
  }
  return std::nullopt;
}

}  // namespace mailtool::mime
