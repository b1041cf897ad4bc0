#include "app/defect_list.h"

#include <algorithm>
#include <utility>

namespace mailtool::app {
namespace {

std::size_t index_of(mime::DefectRule rule) {
  return static_cast<std::size_t>(rule);
}

// The row of each part of each level; a part of no row is in that of its leaf.
std::vector<std::vector<std::size_t>> rows_of_parts(
    const ParsedMessage& message, const std::vector<PartRow>& rows) {
  const auto levels = std::max<std::size_t>(1, message.levels.size());
  std::vector<std::vector<std::size_t>> found(levels);
  for (std::uint32_t level = 0; level < levels; ++level) {
    found[level].resize(message.structure_of(level).parts.size());
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    if (!row.file) found[row.level][row.part] = i;
  }
  return found;
}

}  // namespace

mime::Span RowDefect::span(const ParsedMessage& message) const {
  mime::Span where{defect->offset, defect->length};
  if (level == 0) return where;
  const auto prefix = message.levels[level].prefix.size();
  where.offset -= std::min<std::uint64_t>(where.offset, prefix);
  return where;
}

std::vector<DefectGroup> DefectList::groups() const {
  std::vector<DefectGroup> groups;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& defect = *all[i].defect;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) {
      return g.rule == defect.rule && g.ambiguity == defect.ambiguity;
    });
    if (group == groups.end()) {
      groups.push_back({defect.rule, defect.ambiguity, {}, 0});
      group = groups.end() - 1;
    }
    group->places.push_back(i);
  }
  std::array<bool, mime::kDefectRules> told{};
  for (auto& group : groups) {
    const auto rule = index_of(group.rule);
    if (std::exchange(told[rule], true)) continue;
    group.more = counts[rule] - kept[rule];
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return mime::info(a.rule).severity > mime::info(b.rule).severity;
  });
  return groups;
}

DefectList defects_of(const ParsedMessage& message,
                      const std::vector<PartRow>& rows) {
  DefectList list;
  const auto row_of = rows_of_parts(message, rows);
  for (std::uint32_t level = 0; level < row_of.size(); ++level) {
    const auto& structure = message.structure_of(level);
    for (const auto& defect : structure.defects) {
      list.all.push_back({&defect, row_of[level][defect.part], level});
      ++list.kept[index_of(defect.rule)];
    }
    for (std::size_t rule = 0; rule < mime::kDefectRules; ++rule) {
      list.counts[rule] += structure.defect_counts[rule];
    }
  }
  return list;
}

}  // namespace mailtool::app
