// REFERENCES, steps 2 to 6: RFC 5256 section 3.

#include <algorithm>
#include <map>
#include <utility>

#include "mailtool/imap/threader.h"

namespace mailtool::imap {

// What is above a message is found first; then, with the messages in the order
// of their dates, every list of siblings comes sorted.
class Threader::Finish {
 public:
  explicit Finish(Threader& threader)
      : nodes_(threader.nodes_), subjects_(threader.subjects_) {}

  std::vector<ThreadPlace> run(ThreadBy by) {
    sort_messages();
    leave_out_unseen();
    if (by == ThreadBy::references_and_subject) join_by_subject();
    list_children();
    return in_order(by);
  }

 private:
  [[nodiscard]] bool is_message(std::uint32_t node) const {
    return nodes_[node].uid != 0;
  }
  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const {
    return std::pair(nodes_[a].date, nodes_[a].uid) <
           std::pair(nodes_[b].date, nodes_[b].uid);
  }

  void sort_messages() {
    for (std::uint32_t node = 1; node < nodes_.size(); ++node) {
      if (is_message(node)) messages_.push_back(node);
    }
    std::sort(messages_.begin(), messages_.end(),
              [this](auto a, auto b) { return before(a, b); });
  }

  // Step 3: the children of what is no message become those of what is above
  // it; at the root only where there is but one.
  void leave_out_unseen() {
    std::vector<std::uint32_t> path;
    std::vector<bool> settled(nodes_.size());
    for (std::uint32_t node = 1; node < nodes_.size(); ++node) {
      auto at = node;
      for (; !settled[at] && nodes_[at].parent != 0 && !is_message(at);
           at = nodes_[at].parent) {
        path.push_back(at);
      }
      // Above `at` is a message, or nothing, or it is settled.
      const bool unseen = !is_message(at);
      const auto above = unseen && nodes_[at].parent != 0 ? nodes_[at].parent : at;
      for (const auto passed : path) {
        nodes_[passed].parent = above;
        settled[passed] = true;
      }
      path.clear();
    }
    children_.assign(nodes_.size(), 0);
    first_.assign(nodes_.size(), 0);
    for (const auto node : messages_) {
      auto& parent = nodes_[node].parent;
      if (parent != 0 && !is_message(parent) && nodes_[parent].parent != 0) {
        parent = nodes_[parent].parent;
      }
      ++children_[parent];
      if (first_[parent] == 0) first_[parent] = node;
    }
    for (const auto node : messages_) {
      auto& parent = nodes_[node].parent;
      const bool alone = !is_message(parent) && children_[parent] == 1;
      if (alone) parent = 0;
    }
  }

  // The roots, by the date of the message or of the first child.
  [[nodiscard]] std::vector<std::uint32_t> roots() const {
    std::vector<std::uint32_t> all;
    for (const auto node : messages_) {
      const auto parent = nodes_[node].parent;
      if (parent == 0) {
        all.push_back(node);
      } else if (!is_message(parent) && first_[parent] == node) {
        all.push_back(parent);
      }
    }
    return all;
  }

  // --- step 5 ----------------------------------------------------------------

  [[nodiscard]] const Subject& subject_of(std::uint32_t root) const {
    return subjects_[is_message(root) ? root : first_[root]];
  }

  void join_by_subject() {
    subjects_.resize(nodes_.size());
    const auto all = roots();
    // (B): the root that stands for each subject.
    std::map<std::string_view, std::uint32_t> table;
    for (const auto root : all) {
      const auto& subject = subject_of(root);
      if (subject.text.empty()) continue;
      auto& listed = table.try_emplace(subject.text, root).first->second;
      if (listed == root || !is_message(listed)) continue;
      const bool better = !is_message(root) ||
                          (subject_of(listed).is_reply && !subject.is_reply);
      if (better) listed = root;
    }
    // (C)
    for (const auto root : all) {
      const auto& subject = subject_of(root);
      if (subject.text.empty()) continue;
      auto& listed = table.find(subject.text)->second;
      if (listed != root) join(root, listed);
    }
    for (const auto node : messages_) {
      auto& parent = nodes_[node].parent;
      if (parent < joined_.size() && joined_[parent] != 0) {
        parent = joined_[parent];
      }
    }
  }

  // `listed` stands for the subject of both, and is another one afterwards
  // where neither answers the other.
  void join(std::uint32_t root, std::uint32_t& listed) {
    if (!is_message(root)) {
      joined_.resize(subjects_.size());
      joined_[root] = listed;
      return;
    }
    const bool below =
        !is_message(listed) ||
        (subject_of(root).is_reply && !subject_of(listed).is_reply);
    if (!below) {
      nodes_.emplace_back();
      const auto both = static_cast<std::uint32_t>(nodes_.size() - 1);
      nodes_[listed].parent = both;
      listed = both;
    }
    nodes_[root].parent = listed;
  }

  // --- step 6 ----------------------------------------------------------------

  void list_children() {
    first_.assign(nodes_.size(), 0);
    next_.assign(nodes_.size(), 0);
    std::vector<std::uint32_t> last(nodes_.size());
    for (const auto node : messages_) {
      const auto parent = nodes_[node].parent;
      if (parent == 0) continue;
      (first_[parent] == 0 ? first_[parent] : next_[last[parent]]) = node;
      last[parent] = node;
    }
  }

  struct Thread {
    std::size_t begin;  // in the places
    std::size_t end;
    std::int64_t newest;
    std::uint32_t root;
  };

  // A thread with its messages, a message before its replies.
  Thread walk(std::uint32_t root, std::vector<ThreadPlace>& places) {
    const auto begin = is_message(root) ? root : first_[root];
    Thread thread{places.size(), 0, nodes_[begin].date, nodes_[begin].uid};
    std::vector<std::pair<std::uint32_t, std::uint32_t>> waiting;
    waiting.emplace_back(begin, 0U);
    while (!waiting.empty()) {
      const auto [node, depth] = waiting.back();
      waiting.pop_back();
      const auto parent = nodes_[node].parent;
      places.push_back(
          {nodes_[node].uid, depth, thread.root, nodes_[parent].uid});
      thread.newest = std::max(thread.newest, nodes_[node].date);
      if (next_[node] != 0) {
        waiting.emplace_back(next_[node], is_message(parent) ? depth : 1U);
      }
      if (first_[node] != 0) waiting.emplace_back(first_[node], depth + 1);
    }
    thread.end = places.size();
    return thread;
  }

  std::vector<ThreadPlace> in_order(ThreadBy by) {
    std::vector<ThreadPlace> places;
    places.reserve(messages_.size());
    std::vector<Thread> threads;
    for (const auto root : roots()) threads.push_back(walk(root, places));
    if (by == ThreadBy::references_and_subject) return places;
    std::sort(threads.begin(), threads.end(),
              [](const Thread& a, const Thread& b) {
                return std::pair(a.newest, a.root) < std::pair(b.newest, b.root);
              });
    std::vector<ThreadPlace> sorted;
    sorted.reserve(places.size());
    for (const auto& thread : threads) {
      sorted.insert(sorted.end(),
                    places.begin() + static_cast<std::ptrdiff_t>(thread.begin),
                    places.begin() + static_cast<std::ptrdiff_t>(thread.end));
    }
    return sorted;
  }

  std::vector<Node>& nodes_;
  std::vector<Subject>& subjects_;
  std::vector<std::uint32_t> messages_;  // by date
  std::vector<std::uint32_t> children_;  // how many a node has
  std::vector<std::uint32_t> first_;     // child of a node; 0: none
  std::vector<std::uint32_t> next_;      // sibling
  // Of what is no message: what has its children now; 0: itself.
  std::vector<std::uint32_t> joined_;
};

std::vector<ThreadPlace> Threader::take() {
  auto places = Finish(*this).run(by_);
  *this = Threader(by_);
  return places;
}

}  // namespace mailtool::imap
