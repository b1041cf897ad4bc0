#include "mailtool/imap/value.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::imap {

Value::Kind Value::kind() const {
  return tree_ == nullptr ? Kind::absent : tree_->nodes_[node_].kind;
}

std::string_view Value::text() const {
  return tree_ == nullptr ? std::string_view() : tree_->nodes_[node_].text;
}

std::string_view Value::raw() const {
  if (tree_ == nullptr) return {};
  const auto& node = tree_->nodes_[node_];
  return std::string_view(tree_->response_.octets)
      .substr(node.begin, node.end - node.begin);
}

std::uint64_t Value::streamed_octets() const {
  return tree_ == nullptr ? 0 : tree_->nodes_[node_].streamed_octets;
}

bool Value::streamed() const {
  return tree_ != nullptr && tree_->nodes_[node_].streamed;
}

Value Value::first() const {
  if (tree_ == nullptr || tree_->nodes_[node_].child == 0) return {};
  return {tree_, tree_->nodes_[node_].child};
}

Value Value::next() const {
  if (tree_ == nullptr || tree_->nodes_[node_].next == 0) return {};
  return {tree_, tree_->nodes_[node_].next};
}

std::size_t Value::size() const {
  std::size_t count = 0;
  for (auto at = first(); !at.absent(); at = at.next()) ++count;
  return count;
}

// Walks the octets once, with a stack of open lists.
class ValueTree::Reader {
 public:
  Reader(ValueTree& tree, std::size_t offset)
      : tree_(tree), text_(tree.response_.octets), at_(offset) {
    const auto& literals = tree.response_.literals;
    while (literal_ < literals.size() && literals[literal_].marker < offset) {
      ++literal_;
    }
    open_.push_back({0, 0});
  }

  void read() {
    while (at_ < text_.size() && !tree_.truncated_) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        ++at_;
      } else if (at_literal()) {
        read_literal();
      } else if (c == '(') {
        open_list();
      } else if (c == ')') {
        close_list();
      } else if (c == '"') {
        read_quoted();
      } else {
        read_atom();
      }
    }
    if (open_.size() > 1) warn("list without its end");
    for (const auto& list : open_) tree_.nodes_[list.node].end = text_.size();
  }

 private:
  struct Open {
    std::uint32_t node;
    std::uint32_t last;  // its newest element; 0: none yet
  };

  void warn(const char* what) {
    if (tree_.warnings_.size() < 16) tree_.warnings_.emplace_back(what);
  }

  std::uint32_t add(Value::Kind kind, std::size_t begin, std::size_t end) {
    if (tree_.nodes_.size() == kMaxNodes) {
      warn("too many values in one response");
      tree_.truncated_ = true;
      return 0;
    }
    const auto index = static_cast<std::uint32_t>(tree_.nodes_.size());
    Node node;
    node.kind = kind;
    node.begin = begin;
    node.end = end;
    tree_.nodes_.push_back(node);
    auto& list = open_.back();
    (list.last == 0 ? tree_.nodes_[list.node].child
                    : tree_.nodes_[list.last].next) = index;
    list.last = index;
    return index;
  }

  void add_text(Value::Kind kind, std::size_t begin, std::string_view text) {
    const auto index = add(kind, begin, at_);
    if (index != 0) tree_.nodes_[index].text = text;
  }

  void add_atom(std::size_t begin, std::string_view text) {
    if (iequals(text, "NIL")) {
      add_text(Value::Kind::nil, begin, {});
    } else {
      add_text(Value::Kind::atom, begin, text);
    }
  }

  void open_list() {
    if (open_.size() > kMaxDepth) {
      warn("lists nested too deeply");
      tree_.truncated_ = true;
      return;
    }
    const auto index = add(Value::Kind::list, at_, at_ + 1);
    ++at_;
    if (index != 0) open_.push_back({index, 0});
  }

  void close_list() {
    ++at_;
    if (open_.size() == 1) {
      warn("\")\" without a list");
      return;
    }
    tree_.nodes_[open_.back().node].end = at_;
    open_.pop_back();
  }

  [[nodiscard]] bool at_literal() const {
    const auto& literals = tree_.response_.literals;
    return literal_ < literals.size() && literals[literal_].marker == at_;
  }

  void read_literal() {
    const auto& literal = tree_.response_.literals[literal_++];
    const auto begin = at_;
    at_ = literal.content +
          (literal.streamed ? 0 : static_cast<std::size_t>(literal.size));
    const auto index = add(Value::Kind::literal, begin, at_);
    if (index == 0) return;
    auto& node = tree_.nodes_[index];
    node.streamed = literal.streamed;
    if (literal.streamed) {
      node.streamed_octets = literal.size;
    } else {
      node.text =
          text_.substr(literal.content, static_cast<std::size_t>(literal.size));
    }
  }

  // Where text that is no literal must stop.
  [[nodiscard]] std::size_t limit() const {
    const auto& literals = tree_.response_.literals;
    return literal_ < literals.size() ? literals[literal_].marker
                                      : text_.size();
  }

  [[nodiscard]] bool ends_string(std::size_t quote) const {
    if (quote + 1 >= text_.size()) return true;
    const char after = text_[quote + 1];
    return after == ' ' || after == ')' || after == '(' || after == '\t';
  }

  // quoted = DQUOTE *QUOTED-CHAR DQUOTE
  void read_quoted() {
    const auto begin = at_++;
    const auto end = limit();
    bool escaped = false;
    std::size_t close = std::string_view::npos;
    while (at_ < end) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < end) {
        escaped = true;
        at_ += 2;
        continue;
      }
      if (c == '"') {
        if (ends_string(at_)) {
          close = at_++;
          break;
        }
        warn("quote inside a quoted string");
      }
      ++at_;
    }
    at_ = std::min(at_, end);
    if (close == std::string_view::npos) {
      warn("quoted string without its end");
      close = at_;
    }
    const auto inside = text_.substr(begin + 1, close - begin - 1);
    add_text(Value::Kind::quoted, begin, escaped ? unescaped(inside) : inside);
  }

  // quoted-specials are DQUOTE and "\"; a backslash before anything else is
  // kept, as servers that do not escape it mean it.
  std::string_view unescaped(std::string_view inside) {
    std::string text;
    for (std::size_t i = 0; i < inside.size(); ++i) {
      const bool escape = inside[i] == '\\' && i + 1 < inside.size() &&
                          (inside[i + 1] == '"' || inside[i + 1] == '\\');
      if (escape) ++i;
      text += inside[i];
    }
    return tree_.unquoted_.emplace_back(std::move(text));
  }

  // An atom, or a FETCH item such as BODY[HEADER.FIELDS (DATE)]<0>: blanks
  // and parentheses between "[" and "]" belong to it.
  void read_atom() {
    const auto begin = at_;
    const auto end = limit();
    while (at_ < end) {
      const char c = text_[at_];
      if (c == ' ' || c == '(' || c == ')' || c == '\t') break;
      if (c == '[') {
        if (bracket_ < at_) bracket_ = text_.find(']', at_);
        if (bracket_ < end) at_ = bracket_;
      }
      ++at_;
    }
    add_atom(begin, text_.substr(begin, at_ - begin));
  }

  ValueTree& tree_;
  std::string_view text_;
  std::size_t at_;
  std::size_t literal_ = 0;
  std::size_t bracket_ = 0;  // the "]" last looked up; npos: there is none
  std::vector<Open> open_;
};

ValueTree::ValueTree(const FramedResponse& response, std::size_t offset)
    : response_(response) {
  Node all;
  all.kind = Value::Kind::list;
  all.begin = std::min(offset, response.octets.size());
  nodes_.push_back(all);
  Reader(*this, all.begin).read();
}

Value ValueTree::first() const { return Value(this, 0).first(); }

}  // namespace mailtool::imap
