/// \file
/// Ancestry: who descends from whom, in trees that change.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace mailtool::imap {

/// A forest of numbered nodes that tells the root of each in O(log n) amortised,
/// however deep the trees are: a link-cut tree (Sleator and Tarjan).
class Ancestry {
 public:
  Ancestry() : nodes_(1) {}
  /// A tree of one; nodes are numbered from 1.
  void add() { nodes_.emplace_back(); }
  [[nodiscard]] std::uint32_t root_of(std::uint32_t node);
  /// \pre `child` is a root, and not that of `parent`
  void link(std::uint32_t child, std::uint32_t parent);
  /// `child` becomes a root.
  void cut(std::uint32_t child);

 private:
  // Of a splay tree, in which what is to the left is nearer to the root; `up`
  // leads from its top to the path above it.
  struct Node {
    std::array<std::uint32_t, 2> child{};
    std::uint32_t up = 0;
  };
  [[nodiscard]] bool is_top(std::uint32_t node) const;
  [[nodiscard]] unsigned side_of(std::uint32_t node) const;
  void rotate(std::uint32_t node);
  void splay(std::uint32_t node);
  void expose(std::uint32_t node);

  std::vector<Node> nodes_;  // [0] is none
};

}  // namespace mailtool::imap
