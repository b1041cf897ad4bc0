#include "app/body_choice.h"

#include <algorithm>
#include <string_view>

namespace mailtool::app {
namespace {

enum class TextKind : std::uint8_t { none, plain, html };

// Text by name, but made for programs.
constexpr std::string_view kNotToRead[] = {
    "text/calendar", "text/css",   "text/csv",     "text/javascript",
    "text/rtf",      "text/vcard", "text/x-amp-html", "text/x-vcard",
    "text/xml",      "text/rfc822-headers"};

TextKind text_kind(std::string_view type) {
  if (type == "text/html") return TextKind::html;
  if (!type.starts_with("text/")) return TextKind::none;
  const bool is_data = std::find(std::begin(kNotToRead), std::end(kNotToRead),
                                 type) != std::end(kNotToRead);
  return is_data ? TextKind::none : TextKind::plain;
}

bool is_multipart(const PartRow& row) {
  return row.has_children && row.type.starts_with("multipart/");
}

// A multipart whose parts are being looked at.
struct Frame {
  std::optional<std::size_t> row;  // none: above the message
  bool alternative = false;
  bool related = false;
  bool in_alternative = false;
  bool takes_text = true;
  bool takes_html = true;
  std::size_t texts = 0;  // chosen before it
  std::size_t htmls = 0;
  std::size_t children = 0;
};

class Chooser {
 public:
  explicit Chooser(const std::vector<PartRow>& rows)
      : rows_(rows), hidden_(rows.size(), false), frames_(1) {}

  BodyChoice choose() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto& row = rows_[i];
      if (const auto parent = row.parent) {
        // Below a message, or a file within a text.
        hidden_[i] = hidden_[*parent] || !is_multipart(rows_[*parent]);
      }
      if (hidden_[i]) continue;
      while (frames_.back().row != row.parent) end_multipart();
      take(i);
    }
    while (frames_.size() > 1) end_multipart();
    if (choice_.text.empty() && choice_.html.empty()) choose_tnef();
    return std::move(choice_);
  }

 private:
  void take(std::size_t index) {
    const auto& row = rows_[index];
    auto& frame = frames_.back();
    const auto child = frame.children++;
    if (is_multipart(row)) return begin_multipart(index);
    const auto kind = text_kind(row.type);
    const bool is_body = child == 0 || (!frame.related && row.name.empty());
    if (kind == TextKind::none || row.disposition == "attachment" || !is_body) {
      return;
    }
    const bool plain = kind == TextKind::plain;
    if (frame.in_alternative && plain && row.type != "text/plain") return;
    if (frame.alternative) {
      if (plain && frame.takes_text) choice_.text.push_back(index);
      if (!plain && frame.takes_html) choice_.html.push_back(index);
      return;
    }
    // One form of an alternative, in several parts, is no other form too.
    if (frame.in_alternative) (plain ? frame.takes_html : frame.takes_text) = false;
    if (frame.takes_text) choice_.text.push_back(index);
    if (frame.takes_html) choice_.html.push_back(index);
  }

  void begin_multipart(std::size_t index) {
    const auto& above = frames_.back();
    Frame frame;
    frame.row = index;
    frame.alternative = rows_[index].type == "multipart/alternative";
    frame.related = rows_[index].type == "multipart/related";
    frame.in_alternative = above.in_alternative || frame.alternative;
    frame.takes_text = above.takes_text;
    frame.takes_html = above.takes_html;
    frame.texts = choice_.text.size();
    frame.htmls = choice_.html.size();
    frames_.push_back(frame);
  }

  // An alternative that offers one form alone offers it for both.
  void end_multipart() {
    const auto frame = frames_.back();
    frames_.pop_back();
    if (!frame.alternative || !frame.takes_text || !frame.takes_html) return;
    auto& text = choice_.text;
    auto& html = choice_.html;
    const auto at = [](std::size_t count) {
      return static_cast<std::ptrdiff_t>(count);
    };
    const bool has_text = text.size() > frame.texts;
    const bool has_html = html.size() > frame.htmls;
    if (!has_text) {
      text.insert(text.end(), html.begin() + at(frame.htmls), html.end());
    }
    if (!has_html && has_text) {
      html.insert(html.end(), text.begin() + at(frame.texts), text.end());
    }
  }

  void choose_tnef() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto& row = rows_[i];
      if (row.embedded != to_string(mime::EmbeddedKind::body) || row.depth > 3) {
        continue;
      }
      const auto kind = text_kind(row.type);
      if (kind == TextKind::plain) choice_.text.push_back(i);
      if (kind == TextKind::html) choice_.html.push_back(i);
    }
    if (choice_.text.empty()) choice_.text = choice_.html;
  }

  const std::vector<PartRow>& rows_;
  std::vector<bool> hidden_;
  std::vector<Frame> frames_;
  BodyChoice choice_;
};

}  // namespace

BodyChoice choose_body(const std::vector<PartRow>& rows) {
  return Chooser(rows).choose();
}

}  // namespace mailtool::app
