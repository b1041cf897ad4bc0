#include "mailtool/imap/ancestry.h"

namespace mailtool::imap {

bool Ancestry::is_top(std::uint32_t node) const {
  const auto up = nodes_[node].up;
  return up == 0 ||
         (nodes_[up].child[0] != node && nodes_[up].child[1] != node);
}

unsigned Ancestry::side_of(std::uint32_t node) const {
  return nodes_[nodes_[node].up].child[1] == node ? 1 : 0;
}

void Ancestry::rotate(std::uint32_t node) {
  const auto up = nodes_[node].up;
  const auto above = nodes_[up].up;
  const auto side = side_of(node);
  if (!is_top(up)) nodes_[above].child[side_of(up)] = node;
  const auto inner = nodes_[node].child[1 - side];
  nodes_[up].child[side] = inner;
  if (inner != 0) nodes_[inner].up = up;
  nodes_[node].child[1 - side] = up;
  nodes_[up].up = node;
  nodes_[node].up = above;
}

void Ancestry::splay(std::uint32_t node) {
  while (!is_top(node)) {
    const auto up = nodes_[node].up;
    if (!is_top(up)) rotate(side_of(node) == side_of(up) ? up : node);
    rotate(node);
  }
}

// The path from the root to `node` becomes one splay tree with it on top.
void Ancestry::expose(std::uint32_t node) {
  std::uint32_t below = 0;
  for (auto at = node; at != 0; at = nodes_[at].up) {
    splay(at);
    nodes_[at].child[1] = below;
    below = at;
  }
  splay(node);
}

std::uint32_t Ancestry::root_of(std::uint32_t node) {
  expose(node);
  while (nodes_[node].child[0] != 0) node = nodes_[node].child[0];
  splay(node);
  return node;
}

void Ancestry::link(std::uint32_t child, std::uint32_t parent) {
  expose(child);
  expose(parent);
  nodes_[child].up = parent;
}

void Ancestry::cut(std::uint32_t child) {
  expose(child);
  const auto above = nodes_[child].child[0];
  if (above == 0) return;
  nodes_[above].up = 0;
  nodes_[child].child[0] = 0;
}

}  // namespace mailtool::imap
