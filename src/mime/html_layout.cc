#include "mime/html_layout.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mime/html_link.h"

namespace mailtool::mime {
namespace {

// Deeper ones are kept count of, but not drawn deeper: what comes out must not
// be many times what goes in.
constexpr std::size_t kMaxQuotes = 12;
constexpr std::size_t kMaxIndent = 16;
constexpr std::uint32_t kMaxNumber = 999'999'999;

// In order.
constexpr std::array<std::string_view, 46> kBlocks = {
    "address", "article", "aside",    "blockquote", "body",    "caption",
    "center",  "dd",      "details",  "dialog",     "dir",     "div",
    "dl",      "dt",      "fieldset", "figcaption", "figure",  "footer",
    "form",    "h1",      "h2",       "h3",         "h4",      "h5",
    "h6",      "header",  "hgroup",   "hr",         "legend",  "li",
    "listing", "main",    "menu",     "nav",        "ol",      "optgroup",
    "option",  "p",       "pre",      "search",     "section", "summary",
    "table",   "tr",      "ul",       "xmp"};
// Of those, the ones with an empty line around them.
constexpr std::array<std::string_view, 14> kParagraphs = {
    "blockquote", "dl", "figure", "h1",      "h2", "h3",  "h4",
    "h5",         "h6", "hr",     "listing", "p",  "pre", "xmp"};
// Elements without content.
constexpr std::array<std::string_view, 13> kVoid = {
    "area",  "base", "br",   "col",    "embed", "hr", "img",
    "input", "link", "meta", "source", "track", "wbr"};
// Elements that another of their name ends.
constexpr std::array<std::string_view, 8> kSelfEnding = {
    "dd", "dt", "li", "option", "p", "td", "th", "tr"};

template <std::size_t N>
constexpr bool is_ordered(const std::array<std::string_view, N>& names) {
  for (std::size_t i = 1; i < N; ++i) {
    if (names[i - 1] >= names[i]) return false;
  }
  return true;
}
static_assert(is_ordered(kBlocks) && is_ordered(kParagraphs));
static_assert(is_ordered(kVoid) && is_ordered(kSelfEnding));

template <std::size_t N>
bool is_one_of(std::string_view name,
               const std::array<std::string_view, N>& names) {
  return std::binary_search(names.begin(), names.end(), name);
}

// True where an author hides the element: the text that mail programs show
// beside the subject, and worse.
bool is_hidden(std::string_view attributes) {
  if (attributes.size() < 6) return false;
  if (has_html_attribute(attributes, "hidden")) return true;
  const auto style = html_attribute(attributes, "style");
  std::string plain;
  for (const char c : style) {
    if (c != ' ' && (c < '\t' || c > '\r')) plain += to_lower(c);
  }
  return plain.find("display:none") != plain.npos ||
         plain.find("visibility:hidden") != plain.npos;
}

std::uint32_t number_of(std::string_view attributes, std::string_view name,
                        std::uint32_t otherwise) {
  const auto value = html_attribute(attributes, name);
  const auto number = parse_number(trim(value), kMaxNumber);
  return number ? static_cast<std::uint32_t>(*number) : otherwise;
}

}  // namespace

void HtmlLayout::reset(Sink& out) {
  auto writer = std::move(writer_);
  *this = HtmlLayout();
  writer_ = std::move(writer);
  writer_.reset(out);
}

void HtmlLayout::text(std::string_view octets) {
  if (hidden_depth_ > 0) return;
  if (std::exchange(pre_begins_, false)) {
    if (octets.front() == '\r') {
      pre_begins_ = true;
      octets.remove_prefix(1);
    }
    if (!octets.empty() && octets.front() == '\n') {
      pre_begins_ = false;
      octets.remove_prefix(1);
    }
  }
  writer_.text(octets);
}

// True when the tag is in something hidden or opens it.
bool HtmlLayout::skips_open(std::string_view name,
                            std::string_view attributes) {
  if (hidden_depth_ > 0) {
    const bool again = name == hidden_;
    const bool ends = hidden_ == "p" ? is_one_of(name, kBlocks)
                                     : again && is_one_of(name, kSelfEnding);
    if (!ends) {
      if (again) ++hidden_depth_;
      return true;
    }
    hidden_depth_ = 0;
  }
  if (name != "template") {
    if (name == "body" || name == "html" || !is_hidden(attributes))
      return false;
    if (is_one_of(name, kVoid)) return true;
  }
  hidden_ = name;
  hidden_depth_ = 1;
  return true;
}

bool HtmlLayout::skips_close(std::string_view name) {
  if (hidden_depth_ == 0) return false;
  if (name == hidden_) --hidden_depth_;
  return true;
}

void HtmlLayout::open_tag(std::string_view name, std::string_view attributes) {
  if (skips_open(name, attributes)) return;
  pre_begins_ = false;
  if (is_one_of(name, kBlocks)) {
    open_block(name, attributes);
  } else {
    open_inline(name, attributes);
  }
}

void HtmlLayout::open_block(std::string_view name,
                            std::string_view attributes) {
  if (is_one_of(name, kParagraphs)) {
    writer_.break_paragraph();
  } else {
    writer_.break_line();
  }
  if (name == "li") {
    open_item(attributes);
  } else if (name == "ul" || name == "menu" || name == "dir") {
    open_list(false, attributes);
  } else if (name == "ol") {
    open_list(true, attributes);
  } else if (name == "blockquote") {
    set_quote(true);
  } else if (name == "pre" || name == "listing" || name == "xmp") {
    set_pre(true);
  } else if (name == "hr") {
    writer_.literal("----");
    writer_.break_paragraph();
  }
}

void HtmlLayout::open_inline(std::string_view name,
                             std::string_view attributes) {
  if (name == "a") {
    open_link(attributes);
  } else if (name == "br") {
    writer_.add_line_end();
  } else if (name == "td" || name == "th") {
    writer_.begin_cell();
  } else if (name == "img") {
    writer_.text(html_attribute(attributes, "alt"));
  } else if (name == "q") {
    writer_.text("\xe2\x80\x9c");
  }
}

void HtmlLayout::close_tag(std::string_view name) {
  if (skips_close(name)) return;
  pre_begins_ = false;
  if (name == "a") close_link();
  if (name == "br") writer_.add_line_end();
  if (name == "q") writer_.text("\xe2\x80\x9d");
  if (!is_one_of(name, kBlocks) || name == "hr") return;
  if (name == "ul" || name == "ol" || name == "menu" || name == "dir") {
    return close_list();
  }
  if (name == "li") writer_.set_marker({});
  if (name == "pre" || name == "listing" || name == "xmp") set_pre(false);
  if (is_one_of(name, kParagraphs)) {
    writer_.break_paragraph();
  } else {
    writer_.break_line();
  }
  if (name == "blockquote") set_quote(false);
}

void HtmlLayout::open_list(bool numbered, std::string_view attributes) {
  if (lists_depth_ == 0) writer_.break_paragraph();
  if (lists_depth_ < lists_.size()) {
    const auto start = numbered ? number_of(attributes, "start", 1) : 1;
    lists_[lists_depth_] = {numbered, start};
  }
  ++lists_depth_;
  set_indent();
}

void HtmlLayout::close_list() {
  writer_.set_marker({});
  if (lists_depth_ > 0) --lists_depth_;
  if (lists_depth_ == 0) {
    writer_.break_paragraph();
  } else {
    writer_.break_line();
  }
  set_indent();
}

void HtmlLayout::open_item(std::string_view attributes) {
  std::string marker = "- ";
  if (lists_depth_ > 0 && lists_depth_ <= lists_.size()) {
    auto& list = lists_[lists_depth_ - 1];
    if (list.numbered) {
      list.next = number_of(attributes, "value", list.next);
      marker = std::to_string(list.next) + ". ";
      if (list.next < kMaxNumber) ++list.next;
    }
  }
  writer_.set_marker(std::move(marker));
}

void HtmlLayout::set_indent() {
  writer_.set_indent(std::min(lists_depth_ * 2, kMaxIndent));
}

void HtmlLayout::set_quote(bool opens) {
  if (opens) {
    ++quote_depth_;
  } else if (quote_depth_ > 0) {
    --quote_depth_;
  }
  writer_.set_quotes(std::min(quote_depth_, kMaxQuotes));
}

void HtmlLayout::set_pre(bool opens) {
  if (opens) {
    ++pre_depth_;
  } else if (pre_depth_ > 0) {
    --pre_depth_;
  }
  pre_begins_ = opens;
  writer_.set_preformatted(pre_depth_ > 0);
}

void HtmlLayout::open_link(std::string_view attributes) {
  close_link();
  link_ = shown_link(html_attribute(attributes, "href"));
  in_link_ = true;
  writer_.begin_capture();
}

void HtmlLayout::close_link() {
  if (!std::exchange(in_link_, false)) return;
  const auto shown = writer_.end_capture();
  if (link_.empty() || names_link(shown, link_)) return;
  if (!trim(shown).empty()) writer_.blank();
  writer_.literal('<' + link_ + '>');
}

Result<void> HtmlLayout::finish() {
  close_link();
  return writer_.finish();
}

}  // namespace mailtool::mime
