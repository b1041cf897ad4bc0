// Attributes in a tag: section 13.1.2.3 of the HTML standard.
#include <algorithm>
#include <optional>

#include "mailtool/base/ascii.h"
#include "mime/html_entity.h"
#include "mime/html_tokenizer.h"

namespace mailtool::mime {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class AttributeReader {
 public:
  explicit AttributeReader(std::string_view text) : text_(text) {}

  // attribute = name [ *WSP "=" *WSP ( quoted / unquoted ) ]
  bool next() {
    skip([](char c) { return is_space(c) || c == '/'; });
    if (at_ >= text_.size()) return false;
    const auto begin = at_++;  // "=" may begin a name
    skip([](char c) { return !is_space(c) && c != '=' && c != '/'; });
    name = text_.substr(begin, at_ - begin);
    value = {};
    skip(is_space);
    if (at_ >= text_.size() || text_[at_] != '=') return true;
    ++at_;
    skip(is_space);
    read_value();
    return true;
  }

  std::string_view name;
  std::string_view value;

 private:
  template <class Predicate>
  void skip(Predicate is_wanted) {
    while (at_ < text_.size() && is_wanted(text_[at_])) ++at_;
  }

  void read_value() {
    if (at_ >= text_.size()) return;
    const char quote = text_[at_];
    if (quote == '"' || quote == '\'') {
      const auto end = std::min(text_.find(quote, at_ + 1), text_.size());
      value = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
    } else {
      const auto begin = at_;
      skip([](char c) { return !is_space(c); });
      value = text_.substr(begin, at_ - begin);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<std::string_view> find(std::string_view attributes,
                                     std::string_view name) {
  AttributeReader reader(attributes);
  while (reader.next()) {
    if (iequals(reader.name, name)) return reader.value;
  }
  return std::nullopt;
}

}  // namespace

std::string html_attribute(std::string_view attributes, std::string_view name) {
  const auto value = find(attributes, name);
  return value ? resolve_html_references(*value) : std::string();
}

bool has_html_attribute(std::string_view attributes, std::string_view name) {
  return find(attributes, name).has_value();
}

}  // namespace mailtool::mime
