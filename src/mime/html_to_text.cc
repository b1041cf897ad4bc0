#include "mailtool/mime/html_to_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mime/html_entity.h"

namespace mailtool::mime {
namespace {

// Longer tags and entities are cut; what is beyond is not looked at.
constexpr std::size_t kMaxTag = 4096;
constexpr std::size_t kMaxEntity = 12;
constexpr std::size_t kMaxLink = 2048;
constexpr std::size_t kBuffer = 16 * 1024;

constexpr std::array<std::string_view, 22> kBlocks = {
    "address", "article", "aside",  "blockquote", "dd",     "div",
    "dl",      "dt",      "figure", "footer",     "form",   "header",
    "hr",      "li",      "main",   "nav",        "ol",     "section",
    "table",   "tr",      "ul",     "center"};
constexpr std::array<std::string_view, 8> kParagraphs = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"};
constexpr std::array<std::string_view, 5> kSkipped = {
    "script", "style", "head", "title", "template"};

template <std::size_t N>
bool is_one_of(std::string_view name,
               const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The value of attribute `name` in `<a href="...">`, entities unresolved.
std::string attribute(std::string_view tag, std::string_view name) {
  std::size_t at = 0;
  while (at < tag.size()) {
    while (at < tag.size() && (is_space(tag[at]) || tag[at] == '/')) ++at;
    const auto begin = at;
    while (at < tag.size() && !is_space(tag[at]) && tag[at] != '=') ++at;
    const auto key = tag.substr(begin, at - begin);
    while (at < tag.size() && is_space(tag[at])) ++at;
    if (at >= tag.size() || tag[at] != '=') {
      if (key.empty()) ++at;
      continue;
    }
    ++at;
    while (at < tag.size() && is_space(tag[at])) ++at;
    std::string_view value;
    if (at < tag.size() && (tag[at] == '"' || tag[at] == '\'')) {
      const auto end = std::min(tag.find(tag[at], at + 1), tag.size());
      value = tag.substr(at + 1, end - at - 1);
      at = end + 1;
    } else {
      const auto start = at;
      while (at < tag.size() && !is_space(tag[at])) ++at;
      value = tag.substr(start, at - start);
    }
    if (iequals(key, name)) return std::string(value);
  }
  return "";
}

std::string resolve_entities(std::string_view text) {
  std::string resolved;
  while (!text.empty()) {
    const auto amp = text.find('&');
    resolved += text.substr(0, amp);
    if (amp == text.npos) break;
    text.remove_prefix(amp);
    const auto end = text.substr(0, kMaxEntity).find(';');
    const auto value =
        end == text.npos ? "" : html_entity(text.substr(1, end - 1));
    resolved += value.empty() ? "&" : value;
    text.remove_prefix(value.empty() ? 1 : end + 1);
  }
  return resolved;
}

}  // namespace

Result<void> HtmlToText::write(std::string_view octets) {
  for (const char c : octets) {
    take(c);
    if (text_.size() >= kBuffer) {
      if (auto flushed = flush(); !flushed) return flushed;
    }
  }
  return {};
}

void HtmlToText::take(char c) {
  switch (state_) {
    case State::text: take_text(c); return;
    case State::tag: take_tag(c); return;
    case State::raw: take_raw(c); return;
    case State::comment:
      // Only the end of the token matters: "-->".
      token_ += c;
      if (token_.size() > 3) token_.erase(0, token_.size() - 3);
      if (token_ == "-->") {
        token_.clear();
        state_ = State::text;
      }
      return;
    case State::entity:
      if (c == ';') {
        end_entity(true);
      } else if ((is_alpha(c) || is_digit(c) || (c == '#' && token_.empty())) &&
                 token_.size() < kMaxEntity) {
        token_ += c;
      } else {
        end_entity(false);
        take_text(c);
      }
      return;
  }
}

void HtmlToText::take_text(char c) {
  if (c == '<') {
    state_ = State::tag;
    token_.clear();
    quote_ = 0;
  } else if (c == '&') {
    state_ = State::entity;
    token_.clear();
  } else if (pre_ > 0 && c == '\n') {
    break_line(0);
  } else if (pre_ == 0 && is_space(c)) {
    blank_pending_ = true;
  } else if (c != '\r' && c != '\0') {
    put({&c, 1});
  }
}

void HtmlToText::end_entity(bool with_semicolon) {
  state_ = State::text;
  const auto name = std::exchange(token_, {});
  const auto value = html_entity(name);
  if (value == " ") {
    put_blank();
  } else if (!value.empty() || name == "shy") {
    if (!value.empty()) put(value);
  } else {
    put("&" + name + (with_semicolon ? ";" : ""));
  }
}

void HtmlToText::take_tag(char c) {
  if (quote_ != 0) {
    if (c == quote_) quote_ = 0;
  } else if (c == '"' || c == '\'') {
    // A quote opens only behind "=": apostrophes in broken tags do not.
    if (token_.ends_with('=')) quote_ = c;
  } else if (c == '>') {
    end_tag();
    return;
  } else if (token_.empty() && !is_alpha(c) && c != '/' && c != '!' &&
             c != '?') {
    // "a < b" is text.
    state_ = State::text;
    put("<");
    take_text(c);
    return;
  }
  if (token_.size() < kMaxTag) token_ += c;
  if (token_ == "!--") {
    state_ = State::comment;
    token_.clear();
  }
}

void HtmlToText::end_tag() {
  state_ = State::text;
  const auto token = std::exchange(token_, {});
  std::string_view tag = token;
  const bool closes = tag.starts_with('/');
  if (closes) tag.remove_prefix(1);
  std::size_t length = 0;
  while (length < tag.size() && (is_alpha(tag[length]) || is_digit(tag[length]))) {
    ++length;
  }
  const auto name = lower(tag.substr(0, length));
  if (closes) {
    close_tag(name);
  } else {
    open_tag(name, tag.substr(length));
  }
}

void HtmlToText::open_tag(std::string_view name, std::string_view tag) {
  if (is_one_of(name, kSkipped) && !tag.ends_with('/')) {
    state_ = State::raw;
    raw_end_ = "</" + std::string(name);
  } else if (name == "br") {
    break_line(0);
  } else if (is_one_of(name, kParagraphs)) {
    break_line(1);
    if (name == "pre") ++pre_;
  } else if (is_one_of(name, kBlocks)) {
    if (owed_ == 0) break_line(0);
    if (name == "li") put("- ");
    if (name == "hr") put("----");
  } else if (name == "td" || name == "th") {
    if (started_ && owed_ == 0) put("\t");
  } else if (name == "img") {
    put(resolve_entities(attribute(tag, "alt")));
  } else if (name == "a") {
    link_ = resolve_entities(attribute(tag, "href")).substr(0, kMaxLink);
    link_text_.clear();
    in_link_ = true;
  }
}

void HtmlToText::close_tag(std::string_view name) {
  if (is_one_of(name, kParagraphs)) {
    if (name == "pre" && pre_ > 0) --pre_;
    break_line(1);
  } else if (is_one_of(name, kBlocks)) {
    if (owed_ == 0) break_line(0);
  } else if (name == "a" && in_link_) {
    in_link_ = false;
    const bool remote = istarts_with(link_, "http:") ||
                        istarts_with(link_, "https:") ||
                        istarts_with(link_, "mailto:");
    const auto shown = trim(link_text_);
    if (remote && (shown.empty() || link_.find(shown) == link_.npos)) {
      if (!shown.empty()) put_blank();
      put("<" + link_ + ">");
    }
  }
}

// Skips to "</script" and the like, then on to its ">".
void HtmlToText::take_raw(char c) {
  token_ += to_lower(c);
  if (token_.size() > raw_end_.size()) {
    token_.erase(0, token_.size() - raw_end_.size());
  }
  if (token_ != raw_end_) return;
  state_ = State::tag;
  token_ = raw_end_.substr(1);
  quote_ = 0;
}

void HtmlToText::put_blank() { blank_pending_ = true; }

void HtmlToText::put(std::string_view text) {
  if (text.empty()) return;
  if (owed_ > 0) {
    text_.append(static_cast<std::size_t>(owed_), '\n');
  } else if (blank_pending_ && started_) {
    text_ += ' ';
    if (in_link_ && link_text_.size() < kMaxLink) link_text_ += ' ';
  }
  blank_pending_ = false;
  started_ = true;
  owed_ = 0;
  text_ += text;
  if (in_link_ && link_text_.size() < kMaxLink) link_text_ += text;
}

// Ends the line, or leaves an empty one; never two empty ones in a row, and
// none at the start or the end.
void HtmlToText::break_line(int blank_lines) {
  blank_pending_ = false;
  if (started_) owed_ = blank_lines > 0 ? 2 : std::min(owed_ + 1, 2);
}

Result<void> HtmlToText::flush() {
  const auto text = std::exchange(text_, {});
  return text.empty() ? Result<void>{} : out_.write(text);
}

Result<void> HtmlToText::finish() {
  if (state_ == State::entity) end_entity(false);
  if (started_) text_ += '\n';
  return flush();
}

}  // namespace mailtool::mime
