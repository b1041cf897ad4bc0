#include "mailtool/imap/sequence_set.h"

#include <algorithm>
#include <charconv>

#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

// seq-number = nz-number / "*"                       ; RFC 9051 section 9
std::optional<std::uint32_t> parse_seq_number(std::string_view text) {
  if (text == "*") return kStar;
  if (text.size() > 10) return std::nullopt;
  const auto number = parse_number(text, UINT32_MAX);
  if (!number || *number == 0) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// seq-range = seq-number ":" seq-number
std::optional<Range> parse_range(std::string_view text) {
  const auto colon = text.find(':');
  const auto first = parse_seq_number(text.substr(0, colon));
  if (!first) return std::nullopt;
  if (colon == text.npos) return Range{*first, *first};
  const auto last = parse_seq_number(text.substr(colon + 1));
  if (!last) return std::nullopt;
  return Range{*first, *last};
}

void append_number(std::string& to, std::uint32_t number) {
  if (number == kStar) {
    to += '*';
    return;
  }
  char digits[10];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  to.append(digits, end);
}

void append_range(std::string& to, const Range& range) {
  append_number(to, range.first);
  if (range.last == range.first) return;
  to += ':';
  append_number(to, range.last);
}

std::uint64_t size_of(const Range& range) {
  return std::uint64_t{range.last} - range.first + 1;
}

// Sorted input with overlaps and neighbours to disjoint ranges, in place.
void merge_sorted(std::vector<Range>& ranges) {
  std::size_t kept = 0;
  for (const auto& range : ranges) {
    if (kept > 0) {
      auto& back = ranges[kept - 1];
      const bool touches = back.last == kStar || range.first <= back.last + 1;
      if (touches) {
        back.last = std::max(back.last, range.last);
        continue;
      }
    }
    ranges[kept++] = range;
  }
  ranges.resize(kept);
}

}  // namespace

SequenceSet::SequenceSet(std::vector<Range> ranges)
    : ranges_(std::move(ranges)) {
  for (auto& range : ranges_) {
    if (range.first > range.last) std::swap(range.first, range.last);
  }
  const auto before = [](const Range& a, const Range& b) {
    return a.first < b.first;
  };
  if (!std::is_sorted(ranges_.begin(), ranges_.end(), before)) {
    std::sort(ranges_.begin(), ranges_.end(), before);
  }
  merge_sorted(ranges_);
}

void SequenceSet::add(std::uint32_t number) {
  if (ranges_.empty() || number > ranges_.back().last) {
    if (!ranges_.empty() && ranges_.back().last + 1 == number) {
      ranges_.back().last = number;
    } else {
      ranges_.push_back({number, number});
    }
    return;
  }
  if (contains(number)) return;
  const auto after = std::upper_bound(
      ranges_.begin(), ranges_.end(), number,
      [](std::uint32_t n, const Range& range) { return n < range.first; });
  const auto at = ranges_.insert(after, {number, number});
  const auto from = at == ranges_.begin() ? at : at - 1;
  const auto to = std::min(at + 2, ranges_.end());
  std::vector<Range> around(from, to);
  merge_sorted(around);
  std::copy(around.begin(), around.end(), from);
  ranges_.erase(from + static_cast<std::ptrdiff_t>(around.size()), to);
}

bool SequenceSet::contains(std::uint32_t number) const {
  const auto after = std::upper_bound(
      ranges_.begin(), ranges_.end(), number,
      [](std::uint32_t n, const Range& range) { return n < range.first; });
  return after != ranges_.begin() && (after - 1)->last >= number;
}

std::uint64_t SequenceSet::count() const {
  std::uint64_t total = 0;
  for (const auto& range : ranges_) total += size_of(range);
  return total;
}

SequenceSet SequenceSet::first(std::uint64_t count) const {
  SequenceSet part;
  for (const auto& range : ranges_) {
    if (count == 0) break;
    const auto take = std::min(count, size_of(range));
    part.ranges_.push_back(
        {range.first, static_cast<std::uint32_t>(range.first + take - 1)});
    count -= take;
  }
  return part;
}

SequenceSet SequenceSet::last(std::uint64_t count) const {
  SequenceSet part;
  for (auto at = ranges_.rbegin(); at != ranges_.rend() && count > 0; ++at) {
    const auto take = std::min(count, size_of(*at));
    part.ranges_.push_back(
        {static_cast<std::uint32_t>(at->last - (take - 1)), at->last});
    count -= take;
  }
  std::reverse(part.ranges_.begin(), part.ranges_.end());
  return part;
}

SequenceSet SequenceSet::intersect(const SequenceSet& other) const {
  SequenceSet both;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < ranges_.size() && j < other.ranges_.size()) {
    const auto& a = ranges_[i];
    const auto& b = other.ranges_[j];
    const auto first = std::max(a.first, b.first);
    const auto last = std::min(a.last, b.last);
    if (first <= last) both.ranges_.push_back({first, last});
    if (a.last < b.last) {
      ++i;
    } else {
      ++j;
    }
  }
  return both;
}

SequenceSet SequenceSet::minus(const SequenceSet& other) const {
  SequenceSet rest;
  std::size_t j = 0;
  for (const auto& range : ranges_) {
    std::uint64_t from = range.first;
    while (j < other.ranges_.size() && other.ranges_[j].last < from) ++j;
    for (auto k = j; k < other.ranges_.size(); ++k) {
      const auto& gap = other.ranges_[k];
      if (gap.first > range.last) break;
      if (gap.first > from) {
        rest.ranges_.push_back(
            {static_cast<std::uint32_t>(from), gap.first - 1});
      }
      from = std::uint64_t{gap.last} + 1;
    }
    if (from <= range.last) {
      rest.ranges_.push_back({static_cast<std::uint32_t>(from), range.last});
    }
  }
  return rest;
}

// sequence-set = (seq-number / seq-range) ["," sequence-set]
std::optional<SequenceSet> parse_sequence_set(std::string_view text) {
  std::vector<Range> ranges;
  while (true) {
    const auto comma = text.find(',');
    const auto range = parse_range(text.substr(0, comma));
    if (!range || ranges.size() == kMaxRanges) return std::nullopt;
    ranges.push_back(*range);
    if (comma == text.npos) return SequenceSet(std::move(ranges));
    text.remove_prefix(comma + 1);
  }
}

std::string to_wire(const SequenceSet& set) {
  std::string text;
  for (const auto& range : set.ranges()) {
    if (!text.empty()) text += ',';
    append_range(text, range);
  }
  return text;
}

std::vector<std::string> split_to_wire(const SequenceSet& set,
                                       std::size_t max_octets) {
  std::vector<std::string> texts;
  std::string one;
  for (const auto& range : set.ranges()) {
    one.clear();
    append_range(one, range);
    const bool fits =
        !texts.empty() && texts.back().size() + 1 + one.size() <= max_octets;
    if (fits) {
      texts.back() += ',';
      texts.back() += one;
    } else {
      texts.push_back(one);
    }
  }
  return texts;
}

}  // namespace mailtool::imap
