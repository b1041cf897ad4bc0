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

namespace {

// True where `rest` goes on as it does behind a string that is part of a
// FETCH: with the end of lists, another value, or the name of another item.
bool value_follows(std::string_view rest) {
  const auto begin = rest.find_first_not_of(" \t)");
  if (begin == rest.npos) return true;
  rest.remove_prefix(begin);
  const char c = rest[0];
  if (c == '"' || c == '{' || c == '~' || c == '-' || is_digit(c)) return true;
  if (c == '(') {
    return rest.size() == 1 ||
           std::string_view("\"(){").find(rest[1]) != std::string_view::npos ||
           istarts_with(rest.substr(1), "NIL");
  }
  const auto word =
      rest.substr(0, std::min(rest.find_first_of(" \t()[."), std::size_t{16}));
  for (const auto name :
       {"NIL", "UID", "FLAGS", "RFC822", "INTERNALDATE", "MODSEQ", "ENVELOPE",
        "BODYSTRUCTURE", "BODY", "BINARY", "SAVEDATE", "PREVIEW", "EMAILID",
        "THREADID"}) {
    if (iequals(word, name)) return true;
  }
  return false;
}

}  // namespace

// Walks the octets once, with a stack of open lists.
class ValueTree::Reader {
 public:
  Reader(ValueTree& tree, std::size_t offset, Quotes quotes)
      : tree_(tree),
        text_(tree.response_.octets),
        at_(offset),
        quotes_(quotes) {
    const auto& literals = tree.response_.literals;
    while (literal_ < literals.size() && literals[literal_].marker < offset) {
      ++literal_;
    }
    open_.push_back({0, 0});
  }

  void read() {
    while (at_ < text_.size()) {
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
      if (full_ && !leave_lists()) break;
    }
    if (open_.size() > 1) {
      warn("list without its end");
      tree_.unfinished_ = true;
    }
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
    if (tree_.nodes_.size() >= most_nodes_) {
      warn("too many values in one response");
      tree_.truncated_ = true;
      full_ = true;
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
      ++at_;
      skip_to_end_of(1);
      return;
    }
    const auto index = add(Value::Kind::list, at_, at_ + 1);
    if (index == 0) return;
    ++at_;
    open_.push_back({index, 0});
  }

  // Passes over all that is left of the `lists` innermost lists.
  void skip_to_end_of(std::size_t lists) {
    while (lists > 0 && at_ < text_.size()) {
      if (at_literal()) {
        skip_literal();
      } else if (text_[at_] == '"') {
        (void)find_closing_quote();
      } else {
        if (text_[at_] == '(') ++lists;
        if (text_[at_] == ')') --lists;
        ++at_;
      }
    }
  }

  // One value within an item of a FETCH is too large: the rest of it is passed
  // over, so that the items behind it are still read. Once; then it is enough.
  bool leave_lists() {
    constexpr std::size_t kItems = 2;  // the list of all, the list of items
    if (most_nodes_ > kMaxNodes || open_.size() <= kItems) return false;
    skip_to_end_of(open_.size() - kItems);
    for (auto i = kItems; i < open_.size(); ++i) {
      tree_.nodes_[open_[i].node].end = at_;
    }
    open_.resize(kItems);
    most_nodes_ = kMaxNodes + kReserve;
    full_ = false;
    return true;
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

  const FramedLiteral& skip_literal() {
    const auto& literal = tree_.response_.literals[literal_++];
    at_ = literal.content +
          (literal.streamed ? 0 : static_cast<std::size_t>(literal.size));
    return literal;
  }

  void read_literal() {
    const auto begin = at_;
    const auto& literal = skip_literal();
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
    const bool ends =
        after == ' ' || after == ')' || after == '(' || after == '\t';
    return ends && (quotes_ == Quotes::before_blank ||
                    value_follows(text_.substr(quote + 1)));
  }

  // Past the quote at at_, to behind the one that ends the string. Its place;
  // where there is none, the end of the text.
  std::size_t find_closing_quote() {
    const auto end = limit();
    for (++at_; at_ < end; ++at_) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < end) {
        ++at_;
      } else if (c == '"') {
        if (ends_string(at_)) return at_++;
        warn("quote inside a quoted string");
      }
    }
    at_ = end;
    warn("quoted string without its end");
    if (end == text_.size()) tree_.unfinished_ = true;
    return end;
  }

  // quoted = DQUOTE *QUOTED-CHAR DQUOTE
  void read_quoted() {
    const auto begin = at_;
    const auto close = find_closing_quote();
    const auto inside = text_.substr(begin + 1, close - begin - 1);
    const bool escaped = inside.find('\\') != inside.npos;
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
      if (std::string_view(" ()\t\r\n").find(c) != std::string_view::npos) {
        break;
      }
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
  Quotes quotes_;
  std::size_t most_nodes_ = kMaxNodes;
  bool full_ = false;  // a value had no room
  std::size_t literal_ = 0;
  std::size_t bracket_ = 0;  // the "]" last looked up; npos: there is none
  std::vector<Open> open_;
};

ValueTree::ValueTree(const FramedResponse& response, std::size_t offset,
                     Quotes quotes)
    : response_(response) {
  Node all;
  all.kind = Value::Kind::list;
  all.begin = std::min(offset, response.octets.size());
  nodes_.push_back(all);
  Reader(*this, all.begin, quotes).read();
}

Value ValueTree::first() const { return Value(this, 0).first(); }

}  // namespace mailtool::imap
