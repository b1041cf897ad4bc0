#include "app/imap_query.h"

#include <utility>

#include "app/imap_query_lexer.h"
#include "app/imap_query_term.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

Error wrong(std::string what) {
  return Error{ErrorKind::usage, std::move(what), "query"};
}

QueryNode leaf(QueryTerm term) {
  QueryNode node;
  node.kind = QueryNode::Kind::term;
  node.term = std::move(term);
  return node;
}

QueryNode opposite(QueryNode node) {
  QueryNode outcome;
  outcome.kind = QueryNode::Kind::negated;
  outcome.children.push_back(std::move(node));
  return outcome;
}

// One level of parentheses.
struct Level {
  enum class Join : std::uint8_t { undecided, by_and, by_or };
  Join join = Join::undecided;
  bool negated = false;      // the level as a whole
  bool negate_next = false;  // a "not" waits for its term
  bool operand_due = false;  // an "or" or "and" waits for its term
  std::vector<QueryNode> nodes;
};

class Parser {
 public:
  Parser(std::string_view text, const QueryClock& clock)
      : lexer_(text), clock_(clock) {
    levels_.emplace_back();
  }

  Result<Query> parse() {
    using enum QueryToken::Kind;
    while (true) {
      auto token = lexer_.next();
      if (!token) return std::move(token).error();
      Result<void> done;
      switch (token->kind) {
        case end: return finish();
        case open: done = open_level(); break;
        case close: done = close_level(); break;
        case join_or: done = join(Level::Join::by_or); break;
        case join_and: done = join(Level::Join::by_and); break;
        case negate:
          levels_.back().negate_next = !levels_.back().negate_next;
          break;
        case term: done = take(*token); break;
      }
      if (!done) return std::move(done).error();
    }
  }

 private:
  Result<void> join(Level::Join how) {
    auto& level = levels_.back();
    if (level.nodes.empty() || level.operand_due || level.negate_next) {
      return wrong(how == Level::Join::by_or ? "\"or\" without a term before it"
                                             : "\"and\" without a term before "
                                               "it");
    }
    level.operand_due = true;
    return decide(how);
  }

  Result<void> decide(Level::Join how) {
    auto& level = levels_.back();
    if (level.join != Level::Join::undecided && level.join != how) {
      return wrong("\"or\" beside \"and\" needs parentheses");
    }
    level.join = how;
    return {};
  }

  // A term that no "or" stands before is joined by AND.
  Result<void> begin_term() {
    auto& level = levels_.back();
    const bool joined = std::exchange(level.operand_due, false);
    if (joined || level.nodes.empty()) return {};
    return decide(Level::Join::by_and);
  }

  Result<void> take(const QueryToken& token) {
    if (auto begun = begin_term(); !begun) return begun;
    auto term = parse_term(token.key, token.value, clock_);
    if (!term) return std::move(term).error();
    add(leaf(*std::move(term)));
    return {};
  }

  void add(QueryNode node) {
    auto& level = levels_.back();
    if (std::exchange(level.negate_next, false)) {
      node = opposite(std::move(node));
    }
    level.nodes.push_back(std::move(node));
  }

  Result<void> open_level() {
    if (auto begun = begin_term(); !begun) return begun;
    if (levels_.size() > kMaxQueryDepth) {
      return wrong("parentheses nested too deeply");
    }
    auto& outer = levels_.back();
    const bool negate = std::exchange(outer.negate_next, false);
    levels_.emplace_back().negated = negate;
    return {};
  }

  Result<void> close_level() {
    if (levels_.size() == 1) return wrong("\")\" without \"(\"");
    if (auto complete = check_complete(); !complete) return complete;
    // It would be all messages, which nobody means by it.
    if (levels_.back().nodes.empty()) return wrong("nothing in \"()\"");
    auto node = combine(std::move(levels_.back()));
    const bool negate = levels_.back().negated;
    levels_.pop_back();
    add(negate ? opposite(std::move(node)) : std::move(node));
    return {};
  }

  Result<void> check_complete() {
    const auto& level = levels_.back();
    if (level.operand_due || level.negate_next) {
      return wrong("a term is missing at the end");
    }
    return {};
  }

  // What stands in one pair of parentheses.
  static QueryNode combine(Level level) {
    if (level.nodes.empty()) return {};
    if (level.nodes.size() == 1) return std::move(level.nodes.front());
    QueryNode whole;
    whole.kind = level.join == Level::Join::by_or ? QueryNode::Kind::either
                                                  : QueryNode::Kind::both;
    whole.children = std::move(level.nodes);
    return whole;
  }

  Result<Query> finish() {
    if (levels_.size() > 1) return wrong("\"(\" without \")\"");
    if (auto complete = check_complete(); !complete) return complete.error();
    return Query{combine(std::move(levels_.back()))};
  }

  QueryLexer lexer_;
  const QueryClock& clock_;
  std::vector<Level> levels_;
};

}  // namespace

Result<Query> parse_query(std::string_view text, const QueryClock& clock) {
  if (text.size() > kMaxQuery) return wrong("longer than 64K");
  if (!is_valid_utf8(text)) return wrong("not UTF-8");
  return Parser(text, clock).parse();
}

Result<Query> with_raw_keys(Query query, const std::string& keys) {
  auto key = raw_key(keys);
  if (!key) return std::move(key).error();
  QueryTerm term;
  term.key = *std::move(key);
  term.words = "--raw";
  if (query.empty()) return Query{leaf(std::move(term))};
  QueryNode whole;
  whole.kind = QueryNode::Kind::both;
  whole.children.push_back(std::move(query.root));
  whole.children.push_back(leaf(std::move(term)));
  return Query{std::move(whole)};
}

}  // namespace mailtool::app
