#include "serve/imap_search.h"

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/imap/response.h"
#include "mailtool/mime/collation.h"
#include "serve/imap_modifiers.h"
#include "serve/known_headers.h"

namespace mailtool::serve {
namespace {

using Kind = SearchNode::Kind;
using imap::Value;

struct FlagWord {
  std::string_view word;
  std::size_t bit;
  bool set;
};
constexpr FlagWord kFlagWords[] = {
    {"ANSWERED", 0, true}, {"UNANSWERED", 0, false}, {"FLAGGED", 1, true},
    {"UNFLAGGED", 1, false}, {"DELETED", 2, true},   {"UNDELETED", 2, false},
    {"SEEN", 3, true},       {"UNSEEN", 3, false},   {"DRAFT", 4, true},
    {"UNDRAFT", 4, false},   {"OLD", 63, false},     {"RECENT", 63, true},
    {"NEW", 63, true}};

SearchNode negation(SearchNode node) {
  SearchNode outcome;
  outcome.kind = Kind::negated;
  outcome.children.push_back(std::move(node));
  return outcome;
}

// date = "1-Feb-1994", as the first second of the day in UTC.
std::optional<std::int64_t> day_of(std::string_view text) {
  return imap::parse_internal_date(std::string(text) + " 00:00:00 +0000");
}

class Parser {
 public:
  Parser(const SearchContext& context, SearchFault& fault)
      : context_(context), fault_(fault) {}

  std::optional<SearchRequest> parse(Value first) {
    at_ = first;
    if (iequals(at_.text(), "RETURN")) {
      take();
      const auto options = take();
      if (!options.is_list() || !take_options(options)) return std::nullopt;
      fault_.save = request_.save;
    }
    if (iequals(at_.text(), "CHARSET")) {
      take();
      const auto charset = take().text();
      fault_.charset =
          !iequals(charset, "UTF-8") && !iequals(charset, "US-ASCII");
      if (fault_.charset) return std::nullopt;
    }
    if (at_.absent()) return std::nullopt;
    request_.root.kind = Kind::both;
    while (!at_.absent()) {
      auto node = key(0);
      if (!node) return std::nullopt;
      request_.root.children.push_back(*std::move(node));
    }
    return std::move(request_);
  }

 private:
  Value take() {
    const auto value = at_;
    at_ = at_.next();
    return value;
  }

  // search-return-opt; ALL where there is none (RFC 9051 section 6.4.4).
  bool take_options(Value options) {
    auto& to = request_;
    to.extended = true;
    for (auto at = options.first(); !at.absent(); at = at.next()) {
      const auto word = upper(at.text());
      if (word == "MIN") {
        to.min = true;
      } else if (word == "MAX") {
        to.max = true;
      } else if (word == "COUNT") {
        to.count = true;
      } else if (word == "ALL") {
        to.all = true;
      } else if (word == "SAVE") {
        to.save = true;
      } else if (word == "PARTIAL" && !to.partial) {
        at = at.next();
        to.partial = parse_partial(at.text());
        if (!to.partial) return false;
      } else {
        return false;
      }
    }
    const bool none =
        !to.min && !to.max && !to.count && !to.save && !to.partial;
    to.all = to.all || none;
    return !(to.all && to.partial);
  }

  // Depth is bounded by kMaxSearchDepth.
  std::optional<SearchNode> key(std::size_t depth) {
    if (depth > kMaxSearchDepth || at_.absent()) return std::nullopt;
    ++request_.nodes;
    const auto value = take();
    if (value.is_list()) return list(value, depth);
    const auto word = upper(value.text());
    if (word == "ALL") return SearchNode{};
    for (const auto& flag : kFlagWords) {
      if (word != flag.word) continue;
      SearchNode node;
      node.kind = Kind::flag;
      node.flag = Flags{1} << flag.bit;
      return flag.set ? node : negation(std::move(node));
    }
    if (word == "NOT") {
      auto node = key(depth + 1);
      if (!node) return std::nullopt;
      return negation(*std::move(node));
    }
    if (word == "OR") return either(depth);
    if (auto node = with_argument(word)) return node;
    return numbers(value, false);
  }

  std::optional<SearchNode> list(Value value, std::size_t depth) {
    SearchNode node;
    node.kind = Kind::both;
    const auto behind = std::exchange(at_, value.first());
    while (!at_.absent()) {
      auto child = key(depth + 1);
      if (!child) return std::nullopt;
      node.children.push_back(*std::move(child));
    }
    at_ = behind;
    if (node.children.empty()) return std::nullopt;
    return node;
  }

  std::optional<SearchNode> either(std::size_t depth) {
    SearchNode node;
    node.kind = Kind::either;
    for (int i = 0; i < 2; ++i) {
      auto child = key(depth + 1);
      if (!child) return std::nullopt;
      node.children.push_back(*std::move(child));
    }
    return node;
  }

  // sequence-set = … / seq-last-command; the latter is "$".
  static std::optional<SearchNode> numbers(Value value, bool by_uid) {
    SearchNode node;
    node.kind = Kind::saved;
    if (value.kind() == Value::Kind::atom && value.text() == "$") return node;
    auto set = imap::parse_sequence_set(value.text());
    if (!set) return std::nullopt;
    node.kind = Kind::numbers;
    node.set = *std::move(set);
    node.by_uid = by_uid;
    return node;
  }

  std::optional<SearchNode> with_argument(std::string_view word) {
    for (const std::string_view field :
         {"FROM", "TO", "CC", "BCC", "SUBJECT"}) {
      if (word == field) return text_node(Kind::header, std::string(field));
    }
    if (word == "BODY" || word == "TEXT") {
      auto node = text_node(Kind::body, "");
      if (!node) return std::nullopt;
      node->slot = request_.texts.size();
      request_.texts.push_back({std::move(node->text), word == "TEXT"});
      return node;
    }
    if (word == "HEADER") {
      const auto name = take();
      if (!name.is_string() && name.text().empty()) return std::nullopt;
      return text_node(Kind::header, std::string(name.text()));
    }
    if (word == "KEYWORD" || word == "UNKEYWORD") {
      return keyword(word == "KEYWORD");
    }
    if (word == "UID") return numbers(take(), true);
    if (word == "OLDER" || word == "YOUNGER") return age(word == "OLDER");
    if (word == "LARGER" || word == "SMALLER") {
      const auto number = parse_number(take().text(), INT64_MAX);
      if (!number) return std::nullopt;
      SearchNode node;
      node.kind = word == "LARGER" ? Kind::larger : Kind::smaller;
      node.number = static_cast<std::int64_t>(*number);
      return node;
    }
    if (word == "MODSEQ") return modseq_node();
    return date_node(word);
  }

  // search-modsequence = "MODSEQ" [SP entry-name SP entry-type-req] SP
  //                      mod-sequence-valzer; all flags have one together.
  std::optional<SearchNode> modseq_node() {
    auto value = take();
    if (value.is_string()) {
      const auto type = take().text();
      if (!iequals(type, "all") && !iequals(type, "priv") &&
          !iequals(type, "shared")) {
        return std::nullopt;
      }
      value = take();
    }
    const auto modseq = parse_modseq(value);
    if (!modseq) return std::nullopt;
    SearchNode node;
    node.kind = Kind::modseq;
    node.number = static_cast<std::int64_t>(*modseq);
    return node;
  }

  std::optional<SearchNode> text_node(Kind kind, std::string name) {
    const auto value = take();
    if (value.absent() || value.is_list()) return std::nullopt;
    if (++texts_ > kMaxSearchTexts) return std::nullopt;
    SearchNode node;
    node.kind = kind;
    node.tag = KnownHeader::tag_of(name);
    request_.known_headers = request_.known_headers || node.tag != 0;
    node.name = std::move(name);
    // NIL is an atom where a text is due.
    node.text = mime::collation_key(value.is_nil() ? value.raw() : value.text());
    return node;
  }

  // A keyword that the mailbox does not know no message has.
  std::optional<SearchNode> keyword(bool set) {
    const auto name = take().text();
    if (name.empty()) return std::nullopt;
    SearchNode node;
    node.kind = Kind::flag;
    for (std::size_t i = 0; i < context_.keywords.size(); ++i) {
      if (!iequals(context_.keywords[i], name)) continue;
      node.flag = Flags{1} << (kSystemFlags.size() + i);
    }
    return set ? node : negation(std::move(node));
  }

  // RFC 5032: seconds since it arrived.
  std::optional<SearchNode> age(bool older) {
    const auto seconds = parse_number(take().text(), UINT32_MAX).value_or(0);
    if (seconds == 0) return std::nullopt;
    const auto then = context_.now - static_cast<std::int64_t>(seconds);
    SearchNode node;
    node.kind = Kind::arrived;
    node.number = older ? INT64_MIN : then;
    node.number2 = older ? then + 1 : INT64_MAX;
    return node;
  }

  std::optional<SearchNode> date_node(std::string_view word) {
    const bool sent = word.starts_with("SENT");
    if (sent) word.remove_prefix(4);
    if (word != "BEFORE" && word != "ON" && word != "SINCE") {
      return std::nullopt;
    }
    const auto day = day_of(take().text());
    if (!day) return std::nullopt;
    SearchNode node;
    node.kind = sent ? Kind::sent : Kind::arrived;
    request_.known_headers = request_.known_headers || sent;
    constexpr std::int64_t kDay = 86'400;
    node.number = word == "BEFORE" ? INT64_MIN : *day;
    node.number2 = word == "BEFORE" ? *day
                   : word == "ON"   ? *day + kDay
                                    : INT64_MAX;
    return node;
  }

  const SearchContext& context_;
  SearchFault& fault_;
  Value at_;
  SearchRequest request_;
  std::size_t texts_ = 0;
};

}  // namespace

std::optional<SearchRequest> parse_search(imap::Value first,
                                          const SearchContext& context,
                                          SearchFault& fault) {
  return Parser(context, fault).parse(first);
}

}  // namespace mailtool::serve

