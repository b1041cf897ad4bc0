#include "app/imap_query.h"

#include <ctime>
#include <utility>

#include "app/imap_query_lexer.h"
#include "app/imap_query_term.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using imap::SearchKey;

Error wrong(std::string what) {
  return Error{ErrorKind::usage, std::move(what), "query"};
}

// One level of parentheses.
struct Level {
  enum class Join : std::uint8_t { undecided, by_and, by_or };
  Join join = Join::undecided;
  bool negated = false;      // the level as a whole
  bool negate_next = false;  // a "not" waits for its term
  bool operand_due = false;  // an "or" or "and" waits for its term
  std::vector<ParsedTerm> terms;
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
    if (level.terms.empty() || level.operand_due || level.negate_next) {
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
    if (joined || level.terms.empty()) return {};
    return decide(Level::Join::by_and);
  }

  Result<void> take(const QueryToken& token) {
    if (auto begun = begin_term(); !begun) return begun;
    auto parsed = parse_term(token.key, token.value, clock_);
    if (!parsed) return std::move(parsed).error();
    add(*std::move(parsed));
    return {};
  }

  void add(ParsedTerm parsed) {
    auto& level = levels_.back();
    if (std::exchange(level.negate_next, false)) {
      parsed = negated(std::move(parsed));
    }
    level.terms.push_back(std::move(parsed));
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
    auto combined = combine(levels_.back());
    if (!combined) return std::move(combined).error();
    const bool negate = levels_.back().negated;
    levels_.pop_back();
    auto parsed = *std::move(combined);
    add(negate ? negated(std::move(parsed)) : std::move(parsed));
    return {};
  }

  Result<void> check_complete() {
    const auto& level = levels_.back();
    if (level.operand_due || level.negate_next) {
      return wrong("a term is missing at the end");
    }
    return {};
  }

  // The terms of a level as one, from their plain forms.
  static Result<ParsedTerm> combine(const Level& level) {
    if (level.terms.size() == 1) return level.terms.front();
    ParsedTerm whole;
    whole.plain.kind = level.join == Level::Join::by_or
                           ? SearchKey::Kind::either
                           : SearchKey::Kind::both;
    if (level.terms.empty()) whole.plain.kind = SearchKey::Kind::all;
    for (const auto& parsed : level.terms) {
      if (!parsed.plain_possible) {
        return wrong(
            "has:attachment can stand beside other terms only, neither in "
            "parentheses nor with \"or\"");
      }
      whole.plain.children.push_back(parsed.plain);
      whole.plain_needs_within |= parsed.plain_needs_within;
    }
    whole.term.key = whole.plain;
    return whole;
  }

  Result<Query> finish() {
    if (levels_.size() > 1) return wrong("\"(\" without \")\"");
    if (auto complete = check_complete(); !complete) return complete.error();
    Query query;
    auto& top = levels_.back();
    if (top.join == Level::Join::by_or) {
      auto whole = combine(top);
      if (!whole) return std::move(whole).error();
      top.terms.assign(1, *std::move(whole));
    }
    for (auto& parsed : top.terms) {
      // Combined terms have no second look to fall back on.
      const bool simple = parsed.term.within.has_value();
      query.needs_within |= parsed.plain_needs_within && !simple;
      query.terms.push_back(std::move(parsed.term));
    }
    return query;
  }

  QueryLexer lexer_;
  const QueryClock& clock_;
  std::vector<Level> levels_;
};

}  // namespace

Result<Query> parse_query(std::string_view text, const QueryClock& clock) {
  if (text.size() > kMaxQuery) return wrong("longer than 64K");
  return Parser(text, clock).parse();
}

imap::SearchKey search_key(const Query& query, bool within) {
  SearchKey all;
  all.kind = SearchKey::Kind::both;
  for (const auto& term : query.terms) {
    all.children.push_back(within && term.within ? *term.within : term.key);
  }
  if (all.children.empty()) return SearchKey{};
  if (all.children.size() == 1) return all.children.front();
  return all;
}

QueryClock system_clock() {
  QueryClock clock;
  clock.now = static_cast<std::int64_t>(std::time(nullptr));
  clock.midnight = [](const imap::Date& date) {
    std::tm local{};
    local.tm_year = date.year - 1900;
    local.tm_mon = date.month - 1;
    local.tm_mday = date.day;
    local.tm_isdst = -1;
    return static_cast<std::int64_t>(std::mktime(&local));
  };
  return clock;
}

}  // namespace mailtool::app
