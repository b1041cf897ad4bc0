#include "serve/search_scan.h"

#include <cstring>

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/collation.h"
#include "mailtool/mime/header.h"

namespace mailtool::serve {
namespace {

constexpr std::size_t kPortion = std::size_t{64} * 1024;

// Octets at the end of UTF-8 `text` that begin a character and do not end it.
std::size_t unfinished(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size());
       ++back) {
    const auto c = static_cast<unsigned char>(text[text.size() - back]);
    if ((c & 0xc0U) == 0x80) continue;
    const std::size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    return whole > back ? back : 0;
  }
  return 0;
}

}  // namespace

TextMatcher::TextMatcher(const std::vector<SearchText>& texts)
    : texts_(texts) {
  for (const auto& one : texts_) longest_ = std::max(longest_, one.text.size());
  reset();
}

void TextMatcher::reset() {
  found_.assign(texts_.size(), false);
  left_ = texts_.size();
  held_.clear();
  folded_.clear();
  header_ = false;
  // What is empty is in every text.
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (!texts_[i].text.empty()) continue;
    found_[i] = true;
    --left_;
  }
}

Result<void> TextMatcher::write(std::string_view octets) {
  if (left_ == 0) return {};
  if (!held_.empty()) {
    held_ += octets;
    const auto text = std::exchange(held_, {});
    return write(text);
  }
  const auto rest = unfinished(octets);
  held_ = octets.substr(octets.size() - rest);
  octets.remove_suffix(rest);
  mime::append_collation_key(folded_, octets);
  if (folded_.size() >= kPortion + longest_) look();
  return {};
}

void TextMatcher::end() {
  if (!held_.empty()) mime::append_collation_key(folded_, held_);
  look();
  held_.clear();
  folded_.clear();
}

// memmem() is linear whatever the texts are.
void TextMatcher::look() {
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    const auto& wanted = texts_[i];
    if (found_[i] || (header_ && !wanted.in_header)) continue;
    if (::memmem(folded_.data(), folded_.size(), wanted.text.data(),
                 wanted.text.size()) == nullptr) {
      continue;
    }
    found_[i] = true;
    --left_;
  }
  if (folded_.size() > longest_) folded_.erase(0, folded_.size() - longest_);
}

SearchScan::SearchScan(const std::vector<SearchText>& texts)
    : matcher_(texts), parser_(mime::ParserLimits{}, this) {}

void SearchScan::begin() {
  matcher_.reset();
  decoding_ = false;
  parser_.begin();
}

void SearchScan::begin_part(const mime::Structure& so_far,
                            std::uint32_t index) {
  const auto& part = so_far.parts[index];
  // A header within the message belongs to the body of that.
  matcher_.begin(index == 0 || !part.is_message_root);
  std::string text;
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = so_far.fields[part.first_field + i];
    text = so_far.name(field);
    text += ": ";
    mime::decode_value(so_far.value(field), text);
    text += '\n';
    (void)matcher_.write(text);
  }
  matcher_.end();
  matcher_.begin(false);
  const auto type = so_far.type(part);
  decoding_ = part.is_leaf() &&
              (type.starts_with("text/") || type.starts_with("message/"));
  if (!decoding_) return;
  charset_.reset(so_far.charset(part), matcher_);
  decoder_.begin(part.transfer_encoding, charset_);
}

// What goes wrong in one part is no reason not to look at the next.
void SearchScan::body(std::uint32_t, std::string_view octets) {
  if (decoding_ && !matcher_.found_all()) decoding_ = !!decoder_.write(octets);
}

void SearchScan::end_part(const mime::Structure& so_far, std::uint32_t index) {
  if (!so_far.parts[index].is_leaf()) return;
  if (std::exchange(decoding_, false)) {
    (void)decoder_.finish();
    (void)charset_.finish();
  }
  matcher_.end();
}

}  // namespace mailtool::serve
