#include "app/cid_source.h"

#include <algorithm>
#include <array>
#include <functional>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kScheme = "cid:";

// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )   ; RFC 3986 section 3.1
bool is_scheme_character(char c) {
  return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}

// What of a name goes on, and does not end an attribute, a url() or a sentence.
bool continues_name(char c) {
  return is_scheme_character(c) || is_8bit(c) || c == '_' || c == '@' ||
         c == '%' || c == '/';
}

}  // namespace

CidSource::CidSource(Source& html, Names names)
    : html_(html), names_(std::move(names)) {
  for (const auto& [name, id] : names_) sizes_.push_back(name.size());
  std::sort(sizes_.begin(), sizes_.end(), std::greater<>());
  sizes_.erase(std::unique(sizes_.begin(), sizes_.end()), sizes_.end());
  if (!sizes_.empty()) longest_ = sizes_.front();
}

Result<std::size_t> CidSource::read_some(std::span<char> into) {
  while (taken_ == ready_.size() && !(ended_ && pending_.empty())) {
    ready_.clear();
    taken_ = 0;
    std::array<char, 8192> octets;
    auto count = html_.read_some(octets);
    if (!count) return count;
    pending_.append(octets.data(), *count);
    ended_ = *count == 0;
    rewrite();
  }
  const auto count = std::min(into.size(), ready_.size() - taken_);
  ready_.copy(into.data(), count, taken_);
  taken_ += count;
  return count;
}

// Moves to ready_ what can be judged: all, at the end.
void CidSource::rewrite() {
  std::size_t at = 0;
  const auto text = std::string_view(pending_);
  const auto pass_until = [&](std::size_t end) {
    if (end == at) return;
    ready_ += text.substr(at, end - at);
    before_ = text[end - 1];
    at = end;
  };
  while (at < text.size()) {
    const auto c = std::min(text.find_first_of("cC", at), text.size());
    pass_until(c);
    const auto rest = text.substr(at);
    if (!ended_ && rest.size() < kScheme.size() + longest_ + 1) break;
    if (!istarts_with(rest, kScheme) || is_scheme_character(before_)) {
      pass_until(std::min(at + 1, text.size()));
      continue;
    }
    pass_until(at + kScheme.size());
    const auto name = name_at(text.substr(at));
    if (name == names_.end()) continue;
    ready_ += name->second;
    before_ = name->second.empty() ? ':' : name->second.back();
    at += name->first.size();
  }
  pending_.erase(0, at);
}

// The longest name that `text` begins with and that ends there.
CidSource::Names::const_iterator CidSource::name_at(
    std::string_view text) const {
  for (const auto size : sizes_) {
    if (size > text.size()) continue;
    if (size < text.size() && continues_name(text[size])) continue;
    const auto name = names_.find(text.substr(0, size));
    if (name != names_.end()) return name;
  }
  return names_.end();
}

}  // namespace mailtool::app
