// REFERENCES, step 1: RFC 5256 section 3. The steps behind it are in
// threader_finish.cc.

#include "mailtool/imap/threader.h"

#include <algorithm>
#include <functional>

#include "mailtool/imap/message_id.h"

namespace mailtool::imap {
namespace {

// What headers may name beside the messages themselves: beyond it, what they
// name is not kept, and joins nothing.
constexpr std::size_t kMaxUnseen = 1'000'000;

// What is read of References, in octets, from the end: those next to a message.
constexpr std::size_t kMaxReferences = 64 * 1024;

}  // namespace

std::string_view algorithm(ThreadBy by) {
  return by == ThreadBy::references ? "REFS" : "REFERENCES";
}

Threader::Threader(ThreadBy by) : by_(by), nodes_(1) {}

std::uint32_t Threader::add_node() {
  nodes_.emplace_back();
  ancestry_.add();
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

// Stands for a Message-ID of any length. Who makes two of them collide joins
// what References would join as well.
Threader::IdKey Threader::key_of(const std::string& id) {
  return {std::hash<std::string>()(id), id.size()};
}

// 0: one more than is kept.
std::uint32_t Threader::referred(const std::string& id) {
  const auto key = key_of(id);
  const auto found = ids_.find(key);
  if (found != ids_.end()) return found->second;
  if (unseen_ >= kMaxUnseen) return 0;
  ++unseen_;
  return ids_.emplace(key, add_node()).first->second;
}

// Of messages with one Message-ID, the first has it.
std::uint32_t Threader::own(std::string_view message_id) {
  auto id = take_message_id(message_id);
  if (!id) return add_node();
  const auto key = key_of(*id);
  const auto found = ids_.find(key);
  if (found == ids_.end()) return ids_.emplace(key, add_node()).first->second;
  if (nodes_[found->second].uid != 0) return add_node();
  --unseen_;
  return found->second;
}

// "If creating that link would introduce a loop", it is not created.
void Threader::link(std::uint32_t child, std::uint32_t parent) {
  if (child == parent || nodes_[child].parent != 0) return;
  if (ancestry_.root_of(parent) == child) return;
  ancestry_.link(child, parent);
  nodes_[child].parent = parent;
}

// (A): each is the parent of the next, unless that has one. Returns the last.
std::uint32_t Threader::link_references(const ThreadMessage& message) {
  auto left = message.references;
  left.remove_prefix(left.size() - std::min(left.size(), kMaxReferences));
  auto id = take_message_id(left);
  if (!id) {
    auto replied = message.in_reply_to;
    id = take_message_id(replied);
  }
  std::uint32_t last = 0;
  for (; id; id = take_message_id(left)) {
    const auto node = referred(*id);
    if (node == 0) continue;
    if (last != 0) link(node, last);
    last = node;
  }
  return last;
}

void Threader::add(const ThreadMessage& message) {
  const auto node = own(message.message_id);
  nodes_[node].uid = message.uid;
  nodes_[node].date = message.date;
  if (by_ == ThreadBy::references_and_subject) {
    subjects_.resize(nodes_.size());
    subjects_[node] = {message.subject, message.is_reply};
  }
  // (B): what a message says of itself counts, not what others say of it.
  const auto parent = link_references(message);
  if (nodes_[node].parent != parent && nodes_[node].parent != 0) {
    ancestry_.cut(node);
    nodes_[node].parent = 0;
  }
  if (parent != 0) link(node, parent);
}

}  // namespace mailtool::imap
