#include "serve/imap_search_run.h"

#include <algorithm>
#include <cstring>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/collation.h"
#include "mailtool/mime/header.h"

namespace mailtool::serve {
namespace {

using Kind = SearchNode::Kind;

// What may be done before others have their turn, as octets read: about a
// millisecond or two.
constexpr std::int64_t kWork = std::int64_t{2} * 1024 * 1024;
constexpr std::int64_t kOpened = 32 * 1024;  // what it costs to open a file
constexpr std::int64_t kNode = 64;

bool within(const SearchNode& node, std::int64_t seconds) {
  return seconds >= node.number && seconds < node.number2;
}

}  // namespace

// Depth is bounded by kMaxSearchDepth.
SearchRun::Answer SearchRun::meets(const SearchNode& node,
                                   const ImapView& view) const {
  const auto known = [](bool is) { return is ? Answer::yes : Answer::no; };
  switch (node.kind) {
    case Kind::all: return Answer::yes;
    case Kind::flag: return known((message_->flags & node.flag) != 0);
    case Kind::numbers: return known(is_in(node, view));
    case Kind::saved: return known(view.is_saved(message_->uid));
    case Kind::modseq:
      return known(message_->modseq >= static_cast<std::uint64_t>(node.number));
    case Kind::larger:
      return known(message_->octets > static_cast<std::uint64_t>(node.number));
    case Kind::smaller:
      return known(message_->octets < static_cast<std::uint64_t>(node.number));
    case Kind::arrived: return known(within(node, message_->date));
    case Kind::sent:
      // The day that Date names, whatever its zone: RFC 9051 section 6.4.4.
      if (known_ == nullptr) return Answer::unknown;
      return known(known_->sent() && within(node, *known_->sent()));
    case Kind::header: return has_field(node);
    case Kind::body:
      if (scanning_ && scan_.matcher().found(node.slot)) return Answer::yes;
      return scanned_ ? Answer::no : Answer::unknown;
    case Kind::negated: {
      const auto inner = meets(node.children.front(), view);
      return inner == Answer::unknown ? inner : known(inner == Answer::no);
    }
    case Kind::both: return all_of(node, view);
    case Kind::either: return any_of(node, view);
  }
  return Answer::no;
}

SearchRun::Answer SearchRun::all_of(const SearchNode& node,
                                    const ImapView& view) const {
  auto answer = Answer::yes;
  for (const auto& child : node.children) {
    const auto one = meets(child, view);
    if (one == Answer::no) return one;
    if (one == Answer::unknown) answer = one;
  }
  return answer;
}

SearchRun::Answer SearchRun::any_of(const SearchNode& node,
                                    const ImapView& view) const {
  auto answer = Answer::no;
  for (const auto& child : node.children) {
    const auto one = meets(child, view);
    if (one == Answer::yes) return one;
    if (one == Answer::unknown) answer = one;
  }
  return answer;
}

bool SearchRun::is_in(const SearchNode& node, const ImapView& view) const {
  const auto& seen = view.seen();
  const bool is_last = next_ + 1 == seen.size();
  const auto number = node.by_uid ? message_->uid
                                  : static_cast<std::uint32_t>(next_ + 1);
  return node.set.contains(number) || (node.set.open_ended() && is_last);
}

SearchRun::Answer SearchRun::has_field(const SearchNode& node) const {
  if (node.tag != 0) {
    if (known_ == nullptr) return Answer::unknown;
    return known_->contains(node.tag, node.text) ? Answer::yes : Answer::no;
  }
  if (header_ == nullptr) return Answer::unknown;
  const auto& top = header_->parts.front();
  for (std::size_t i = 0; i < top.field_count; ++i) {
    const auto& field = header_->fields[top.first_field + i];
    if (!iequals(header_->name(field), node.name)) continue;
    const auto text =
        mime::collation_key(mime::decode_value(header_->value(field)));
    if (::memmem(text.data(), text.size(), node.text.data(),
                 node.text.size()) != nullptr) {
      return Answer::yes;
    }
  }
  return Answer::no;
}

SearchRun::Answer SearchRun::cannot_read(const Error& error) {
  if (error.kind != ErrorKind::no_such_item) ++unreadable_;
  return Answer::no;
}

// The next of what is not known of the message; unknown where that does not
// decide.
SearchRun::Answer SearchRun::read_on(const ImapView& view) {
  if (!asked_) {
    asked_ = true;
    known_ = headers_->find(message_->uid);
    if (known_ != nullptr) return meets(request_.root, view);
  }
  if (!content_) {
    work_ -= kOpened;
    auto opened = ImapMessage::open(view.mailbox(), *message_);
    if (!opened) return cannot_read(opened.error());
    content_ = *std::move(opened);
    const auto header = content_->header();
    if (!header) return cannot_read(header.error());
    header_ = *header;
    if (request_.known_headers) {
      // Its own, since what is kept may be gone at the next turn.
      own_.emplace(*header_);
      if (known_ == nullptr) headers_->keep(message_->uid, *own_);
      known_ = &*own_;
    }
    return meets(request_.root, view);
  }
  if (!scanning_) {
    scanning_ = true;
    offset_ = 0;
    scan_.begin();
  }
  const auto octets = content_->window().at(offset_);
  if (!octets) return cannot_read(octets.error());
  offset_ += octets->size();
  work_ -= static_cast<std::int64_t>(octets->size());
  if (octets->empty()) {
    scan_.finish();
    scanned_ = true;
  } else {
    scan_.feed(*octets);
  }
  return meets(request_.root, view);
}

bool SearchRun::more(const ImapView& view) {
  work_ = kWork;
  const auto cost = kNode * static_cast<std::int64_t>(1 + request_.nodes);
  for (; next_ < view.seen().size(); ++next_) {
    if (work_ <= 0) return false;
    work_ -= cost;
    // Another session may have expunged it since the last time.
    message_ = view.message(view.seen()[next_].uid);
    if (message_ != nullptr) {
      // What was kept may have made room for others.
      if (asked_) known_ = own_ ? &*own_ : headers_->find(message_->uid);
      auto answer = meets(request_.root, view);
      while (answer == Answer::unknown) {
        if (work_ <= 0) return false;
        answer = read_on(view);
      }
      if (answer == Answer::yes) found_.push_back(next_);
    }
    content_.reset();
    header_ = nullptr;
    known_ = nullptr;
    own_.reset();
    asked_ = scanning_ = scanned_ = false;
  }
  return true;
}

}  // namespace mailtool::serve
