#include "serve/imap_search.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/imap/response.h"
#include "mailtool/mime/date_time.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/parser.h"
#include "serve/imap_fetch.h"

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
  explicit Parser(Value first) : at_(first) {}

  std::optional<SearchRequest> parse(bool& bad_charset) {
    SearchRequest request;
    if (iequals(at_.text(), "RETURN")) {
      const auto options = take().next();
      at_ = options;
      if (!options.is_list() || !take_options(options, request)) {
        return std::nullopt;
      }
      at_ = at_.next();
    }
    if (iequals(at_.text(), "CHARSET")) {
      take();
      const auto charset = take().text();
      bad_charset = !iequals(charset, "UTF-8") && !iequals(charset, "US-ASCII");
      if (bad_charset) return std::nullopt;
    }
    if (at_.absent()) return std::nullopt;
    request.root.kind = Kind::both;
    while (!at_.absent()) {
      auto node = key(0);
      if (!node) return std::nullopt;
      request.root.children.push_back(*std::move(node));
    }
    return request;
  }

 private:
  Value take() {
    const auto value = at_;
    at_ = at_.next();
    return value;
  }

  static bool take_options(Value options, SearchRequest& request) {
    request.extended = true;
    for (auto at = options.first(); !at.absent(); at = at.next()) {
      if (iequals(at.text(), "MIN")) {
        request.min = true;
      } else if (iequals(at.text(), "MAX")) {
        request.max = true;
      } else if (iequals(at.text(), "COUNT")) {
        request.count = true;
      } else if (iequals(at.text(), "ALL")) {
        request.all = true;
      } else {
        return false;
      }
    }
    const bool none = !request.min && !request.max && !request.count;
    request.all = request.all || none;
    return true;
  }

  // Depth is bounded by kMaxSearchDepth.
  std::optional<SearchNode> key(std::size_t depth) {
    if (depth > kMaxSearchDepth || at_.absent()) return std::nullopt;
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
    auto set = imap::parse_sequence_set(value.text());
    if (!set) return std::nullopt;
    return numbers(*std::move(set), false);
  }

  std::optional<SearchNode> list(Value value, std::size_t depth) {
    Parser inner(value.first());
    SearchNode node;
    node.kind = Kind::both;
    while (!inner.at_.absent()) {
      auto child = inner.key(depth + 1);
      if (!child) return std::nullopt;
      node.children.push_back(*std::move(child));
    }
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

  static SearchNode numbers(imap::SequenceSet set, bool by_uid) {
    SearchNode node;
    node.kind = Kind::numbers;
    node.set = std::move(set);
    node.by_uid = by_uid;
    return node;
  }

  std::optional<SearchNode> with_argument(std::string_view word) {
    for (const std::string_view field :
         {"FROM", "TO", "CC", "BCC", "SUBJECT"}) {
      if (word == field) return text_node(Kind::header, std::string(field));
    }
    if (word == "BODY") return text_node(Kind::body, "");
    if (word == "TEXT") return text_node(Kind::text, "");
    if (word == "HEADER") {
      const auto name = take();
      if (name.text().empty()) return std::nullopt;
      return text_node(Kind::header, std::string(name.text()));
    }
    if (word == "KEYWORD") return text_node(Kind::keyword, "");
    if (word == "UNKEYWORD") {
      auto node = text_node(Kind::keyword, "");
      if (!node) return std::nullopt;
      return negation(*std::move(node));
    }
    if (word == "UID") {
      auto set = imap::parse_sequence_set(take().text());
      if (!set) return std::nullopt;
      return numbers(*std::move(set), true);
    }
    if (word == "LARGER" || word == "SMALLER") {
      const auto number = parse_number(take().text(), INT64_MAX);
      if (!number) return std::nullopt;
      SearchNode node;
      node.kind = word == "LARGER" ? Kind::larger : Kind::smaller;
      node.number = static_cast<std::int64_t>(*number);
      return node;
    }
    return date_node(word);
  }

  std::optional<SearchNode> text_node(Kind kind, std::string name) {
    const auto value = take();
    if (value.absent() || value.is_list()) return std::nullopt;
    SearchNode node;
    node.kind = kind;
    node.name = std::move(name);
    node.text = value.text();
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
    constexpr std::int64_t kDay = 86'400;
    node.number = word == "BEFORE" ? INT64_MIN : *day;
    node.number2 = word == "BEFORE" ? *day
                   : word == "ON"   ? *day + kDay
                                    : INT64_MAX;
    return node;
  }

  Value at_;
};

// --- meaning -------------------------------------------------------------------

bool contains(std::string_view text, std::string_view wanted) {
  if (wanted.empty()) return true;
  return lower(text).find(lower(wanted)) != std::string::npos;
}

// Of the message, read once however many conditions ask.
class Content {
 public:
  Content(ImapView& view, std::uint32_t uid) : view_(view), uid_(uid) {}

  const mime::Structure* structure() {
    if (!read_) {
      read_ = true;
      message_ = read_message(view_.mailbox(), uid_);
      if (message_) {
        parser_.feed(*message_);
        structure_ = &parser_.finish();
      }
    }
    return structure_;
  }
  std::string_view body() {
    const auto* all = structure();
    if (all == nullptr) return {};
    return std::string_view(*message_).substr(
        std::min<std::size_t>(all->parts.front().body.offset,
                              message_->size()));
  }
  std::string_view header() {
    if (structure() == nullptr) return {};
    return std::string_view(*message_).substr(
        0, message_->size() - body().size());
  }

 private:
  ImapView& view_;
  std::uint32_t uid_;
  bool read_ = false;
  std::optional<std::string> message_;
  mime::Parser parser_;
  const mime::Structure* structure_ = nullptr;
};

class Evaluation {
 public:
  Evaluation(ImapView& view, const MailboxMessage& message)
      : view_(view), message_(message), content_(view, message.uid) {}

  // Depth is bounded by kMaxSearchDepth.
  bool meets(const SearchNode& node) {
    const auto child = [&](const SearchNode& one) { return meets(one); };
    const auto& children = node.children;
    switch (node.kind) {
      case Kind::all: return true;
      case Kind::flag: return (message_.flags & node.flag) != 0;
      case Kind::keyword: return has_keyword(node.text);
      case Kind::numbers: return is_in(node);
      case Kind::larger:
        return message_.octets > static_cast<std::uint64_t>(node.number);
      case Kind::smaller:
        return message_.octets < static_cast<std::uint64_t>(node.number);
      case Kind::arrived: return within(node, message_.date);
      case Kind::sent: {
        const auto date = sent();
        return date && within(node, *date);
      }
      case Kind::header: return has_field(node);
      case Kind::body: return contains(content_.body(), node.text);
      case Kind::text:
        return contains(content_.header(), node.text) ||
               contains(mime::decode_value(content_.header()), node.text) ||
               contains(content_.body(), node.text);
      case Kind::negated: return !meets(children.front());
      case Kind::both:
        return std::all_of(children.begin(), children.end(), child);
      case Kind::either:
        return std::any_of(children.begin(), children.end(), child);
    }
    return false;
  }

 private:
  static bool within(const SearchNode& node, std::int64_t seconds) {
    return seconds >= node.number && seconds < node.number2;
  }

  bool has_keyword(std::string_view name) const {
    const auto& keywords = view_.mailbox().keywords();
    for (std::size_t i = 0; i < keywords.size(); ++i) {
      if (!iequals(keywords[i], name)) continue;
      return (message_.flags >> (kSystemFlags.size() + i) & 1U) != 0;
    }
    return false;
  }

  bool is_in(const SearchNode& node) const {
    if (node.by_uid) {
      const auto last = view_.seen().empty() ? 0 : view_.seen().back().uid;
      return node.set.contains(message_.uid) ||
             (node.set.open_ended() && message_.uid == last);
    }
    const auto number = view_.number_of(message_.uid);
    return number > 0 && (node.set.contains(number) ||
                          (node.set.open_ended() &&
                           number == view_.seen().size()));
  }

  // The day that the Date field names, whatever its zone: section 6.4.4.
  std::optional<std::int64_t> sent() {
    const auto* structure = content_.structure();
    if (structure == nullptr) return std::nullopt;
    const auto value =
        structure->value_of(structure->parts.front(), "Date");
    const auto date = value ? mime::parse_date_time(*value) : std::nullopt;
    if (!date) return std::nullopt;
    return date->seconds + std::int64_t{60} * date->zone_minutes;
  }

  bool has_field(const SearchNode& node) {
    const auto* structure = content_.structure();
    if (structure == nullptr) return false;
    const auto& top = structure->parts.front();
    for (std::size_t i = 0; i < top.field_count; ++i) {
      const auto& field = structure->fields[top.first_field + i];
      if (!iequals(structure->name(field), node.name)) continue;
      if (contains(mime::decode_value(structure->value(field)), node.text)) {
        return true;
      }
    }
    return false;
  }

  ImapView& view_;
  const MailboxMessage& message_;
  Content content_;
};

}  // namespace

std::optional<SearchRequest> parse_search(imap::Value first,
                                          bool& bad_charset) {
  return Parser(first).parse(bad_charset);
}

bool meets(const SearchNode& node, ImapView& view,
           const MailboxMessage& message) {
  return Evaluation(view, message).meets(node);
}

}  // namespace mailtool::serve
