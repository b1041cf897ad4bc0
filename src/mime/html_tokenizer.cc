#include "mime/html_tokenizer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mime/html_entity.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kMaxName = 16;
constexpr std::size_t kMaxTag = 16 * 1024;

// Elements whose content is no text for a reader, and holds no tags either.
constexpr std::array<std::string_view, 7> kRaw = {
    "iframe", "noembed", "noframes", "script", "style", "title", "xml"};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// True for what changes nothing inside a name or an unquoted value.
bool is_inside(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '/' ||
         c == ':' || c == '%';
}

}  // namespace

void HtmlTokenizer::reset() {
  state_ = State::text;
  token_.clear();
}

void HtmlTokenizer::take(std::string_view octets) {
  while (!octets.empty()) {
    std::size_t taken = 1;
    switch (state_) {
      case State::text: taken = take_text(octets); break;
      case State::reference: taken = take_reference(octets); break;
      case State::tag_begin:
      case State::close_begin: taken = take_tag_begin(octets.front()); break;
      case State::tag:
      case State::value_begin:
      case State::value:
      case State::quoted: taken = take_tag(octets); break;
      case State::declaration_begin:
      case State::declaration: taken = take_declaration(octets); break;
      case State::comment: taken = take_comment(octets); break;
      case State::raw: taken = take_raw(octets); break;
      case State::raw_end: taken = take_raw_end(octets.front()); break;
    }
    octets.remove_prefix(taken);
  }
}

void HtmlTokenizer::finish() {
  if (state_ == State::reference) end_reference(false);
  if (state_ == State::tag_begin) events_->text("<");
  if (state_ == State::close_begin) events_->text("</");
  reset();
}

std::size_t HtmlTokenizer::take_text(std::string_view octets) {
  // A window, so that one search costs no more than it may find.
  octets = octets.substr(0, 512);
  const auto angle = std::min(octets.find('<'), octets.size());
  const auto end = std::min(octets.substr(0, angle).find('&'), angle);
  if (end > 0) events_->text(octets.substr(0, end));
  if (end == octets.size()) return end;
  state_ = octets[end] == '<' ? State::tag_begin : State::reference;
  token_.clear();
  return end + 1;
}

std::size_t HtmlTokenizer::take_reference(std::string_view octets) {
  const char c = octets.front();
  const bool belongs =
      is_alpha(c) || is_digit(c) || (c == '#' && token_.empty());
  if (belongs && token_.size() < kMaxHtmlReference) {
    token_ += c;
    return 1;
  }
  end_reference(c == ';');
  return c == ';' ? 1 : 0;
}

void HtmlTokenizer::end_reference(bool semicolon) {
  state_ = State::text;
  std::string text;
  append_html_reference(text, token_, semicolon);
  token_.clear();
  events_->text(text);
}

// "a < b" is text, "</ x>" a comment, "</>" nothing.
std::size_t HtmlTokenizer::take_tag_begin(char c) {
  const bool closes = state_ == State::close_begin;
  if (is_alpha(c)) {
    begin_tag(closes);
    return 0;
  }
  if (closes) {
    state_ = c == '>' ? State::text : State::declaration;
    return c == '>' ? 1 : 0;
  }
  switch (c) {
    case '/': state_ = State::close_begin; return 1;
    case '!': state_ = State::declaration_begin; return 1;
    case '?': state_ = State::declaration; return 1;
    default: break;
  }
  state_ = State::text;
  events_->text("<");
  return 0;
}

void HtmlTokenizer::begin_tag(bool closes) {
  state_ = State::tag;
  closes_ = closes;
  token_.clear();
}

void HtmlTokenizer::keep(std::string_view octets) {
  token_ += octets.substr(0, kMaxTag - std::min(kMaxTag, token_.size()));
}

// A quote opens only behind "=": apostrophes in broken tags do not.
std::size_t HtmlTokenizer::take_tag(std::string_view octets) {
  if (state_ == State::quoted) {
    const auto end = std::min(octets.find(quote_), octets.size());
    keep(octets.substr(0, end + 1));
    if (end == octets.size()) return end;
    state_ = State::tag;
    return end + 1;
  }
  const char c = octets.front();
  if (c == '>') {
    end_tag();
    return 1;
  }
  if (state_ == State::value_begin && !is_space(c)) {
    const bool quotes = c == '"' || c == '\'';
    state_ = quotes ? State::quoted : State::value;
    quote_ = c;
  } else if (state_ == State::tag && c == '=') {
    state_ = State::value_begin;
  } else if (state_ == State::value && is_space(c)) {
    state_ = State::tag;
  }
  std::size_t run = 1;
  while (is_inside(c) && run < octets.size() && is_inside(octets[run])) ++run;
  keep(octets.substr(0, run));
  return run;
}

void HtmlTokenizer::end_tag() {
  state_ = State::text;
  const std::string_view tag = token_;
  std::size_t length = 0;
  while (length < tag.size() && !is_space(tag[length]) && tag[length] != '/') {
    ++length;
  }
  const auto name = lower(tag.substr(0, std::min(length, kMaxName)));
  const auto attributes = tag.substr(length);
  if (closes_) {
    events_->close_tag(name);
  } else if (std::binary_search(kRaw.begin(), kRaw.end(), name)) {
    if (tag.ends_with('/')) return;
    state_ = State::raw;
    raw_name_ = name;
    matched_ = 0;
  } else {
    events_->open_tag(name, attributes);
  }
}

std::size_t HtmlTokenizer::take_declaration(std::string_view octets) {
  if (state_ == State::declaration_begin) {
    const char c = octets.front();
    if (c == '-' && token_.empty()) {
      token_ = c;
      return 1;
    }
    if (c == '-') {
      state_ = State::comment;
      dashes_ = 2;  // "<!-->" is a whole comment
      return 1;
    }
    state_ = State::declaration;
    return 0;
  }
  const auto end = std::min(octets.find('>'), octets.size());
  if (end == octets.size()) return end;
  state_ = State::text;
  return end + 1;
}

// comment = "<!--" ... ( "-->" / "--!>" )              ; HTML 13.1.6, 13.2.5.52
std::size_t HtmlTokenizer::take_comment(std::string_view octets) {
  if (dashes_ == 0) {
    const auto dash = std::min(octets.find('-'), octets.size());
    if (dash == octets.size()) return dash;
    dashes_ = 1;
    return dash + 1;
  }
  const char c = octets.front();
  if (c == '-') {
    dashes_ = dashes_ == 3 ? 1 : 2;
  } else if (c == '!' && dashes_ == 2) {
    dashes_ = 3;
  } else if (c == '>' && dashes_ >= 2) {
    state_ = State::text;
  } else {
    dashes_ = 0;
  }
  return 1;
}

// Skips to "</script" and the like.
std::size_t HtmlTokenizer::take_raw(std::string_view octets) {
  if (matched_ == 0) {
    const auto angle = std::min(octets.find('<'), octets.size());
    if (angle == octets.size()) return angle;
    matched_ = 1;
    return angle + 1;
  }
  const char c = to_lower(octets.front());
  const char wanted = matched_ == 1 ? '/' : raw_name_[matched_ - 2];
  matched_ = c == wanted ? matched_ + 1 : c == '<' ? 1 : 0;
  if (matched_ == raw_name_.size() + 2) state_ = State::raw_end;
  return 1;
}

// "</scripts>" is no end.
std::size_t HtmlTokenizer::take_raw_end(char c) {
  if (!is_space(c) && c != '/' && c != '>') {
    state_ = State::raw;
    matched_ = 0;
    return 0;
  }
  begin_tag(true);
  token_ = raw_name_;
  return 0;
}

}  // namespace mailtool::mime
