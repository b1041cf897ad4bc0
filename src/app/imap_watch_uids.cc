#include "app/imap_watch_uids.h"

#include <algorithm>

namespace mailtool::app {
namespace {

constexpr std::size_t kChunk = 2048;

}  // namespace

void KnownUids::clear() {
  chunks_.clear();
  size_ = 0;
}

void KnownUids::push(std::uint32_t uid) {
  if (chunks_.empty() || chunks_.back().size() == kChunk) {
    chunks_.emplace_back().reserve(kChunk);
  }
  chunks_.back().push_back(uid);
  ++size_;
}

bool KnownUids::assign(const imap::SequenceSet& uids) {
  clear();
  return append(uids);
}

bool KnownUids::append(const imap::SequenceSet& uids) {
  if (uids.count() > kMost || size_ + uids.count() > kMost) {
    clear();
    return false;
  }
  const std::uint64_t newest = chunks_.empty() ? 0 : chunks_.back().back();
  for (const auto& range : uids.ranges()) {
    for (auto uid = std::max<std::uint64_t>(range.first, newest + 1);
         uid <= range.last; ++uid) {
      push(static_cast<std::uint32_t>(uid));
    }
  }
  return true;
}

std::optional<KnownUids::Place> KnownUids::find(std::uint64_t sequence) const {
  if (sequence == 0 || sequence > size_) return std::nullopt;
  auto left = static_cast<std::size_t>(sequence - 1);
  std::size_t chunk = 0;
  while (left >= chunks_[chunk].size()) left -= chunks_[chunk++].size();
  return Place{chunk, left};
}

std::optional<std::uint32_t> KnownUids::at(std::uint64_t sequence) const {
  const auto place = find(sequence);
  if (!place) return std::nullopt;
  return chunks_[place->chunk][place->index];
}

std::optional<std::uint32_t> KnownUids::take(std::uint64_t sequence) {
  const auto place = find(sequence);
  if (!place) return std::nullopt;
  auto& chunk = chunks_[place->chunk];
  const auto at = chunk.begin() + static_cast<std::ptrdiff_t>(place->index);
  const auto uid = *at;
  chunk.erase(at);
  if (chunk.empty()) {
    chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(place->chunk));
  }
  --size_;
  return uid;
}

imap::SequenceSet KnownUids::all() const {
  imap::SequenceSet set;
  for (const auto& chunk : chunks_) {
    for (const auto uid : chunk) set.add(uid);
  }
  return set;
}

}  // namespace mailtool::app
