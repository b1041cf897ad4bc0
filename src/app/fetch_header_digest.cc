#include "app/fetch_header_digest.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"message-id", "date",
                                                    "from", "to", "subject"};
constexpr std::string_view kBlanks = " \t\r\n";

std::uint64_t first_64_bits(const Sha256::Digest& digest) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | digest[i];
  return value;
}

std::string_view octets_of(const Sha256::Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

void HeaderDigester::Body::update(std::string_view text) {
  while (!text.empty()) {
    const auto word = text.find_first_not_of(kBlanks);
    if (word != 0) blank = true;
    if (word == text.npos) return;
    text.remove_prefix(word);
    if (blank && begun) hash.update(" ");
    begun = true;
    blank = false;
    const auto length = std::min(text.find_first_of(kBlanks), text.size());
    hash.update(text.substr(0, length));
    text.remove_prefix(length);
  }
}

std::size_t HeaderDigester::update(std::string_view octets) {
  std::size_t taken = 0;
  while (!done_ && taken < octets.size()) {
    const auto lf = octets.find('\n', taken);
    part_of_line(octets.substr(taken, lf - taken));
    if (lf == octets.npos) return octets.size();
    end_line();
    taken = lf + 1;
  }
  return taken;
}

void HeaderDigester::part_of_line(std::string_view text) {
  if (text.empty()) return;
  if (held_cr_) take("\r");
  held_cr_ = text.back() == '\r';
  if (held_cr_) text.remove_suffix(1);
  take(text);
}

// field = name *WSP ":" body, and lines that begin with a blank go on with it
void HeaderDigester::begin_line(char first) {
  line_begins_ = false;
  if (first == ' ' || first == '\t') return;
  body_ = nullptr;
  name_.clear();
  in_name_ = true;
}

void HeaderDigester::take(std::string_view text) {
  if (text.empty()) return;
  if (line_begins_) begin_line(text.front());
  whole_.update(text);
  if (in_name_) {
    const auto colon = text.find(':');
    for (const char c : text.substr(0, colon)) {
      if (name_.size() == kNameOctets) break;
      name_ += to_lower(c);
    }
    if (colon == text.npos) return;
    name_ended();
    text.remove_prefix(colon + 1);
  }
  if (body_ != nullptr) body_->update(text);
}

void HeaderDigester::name_ended() {
  in_name_ = false;
  if (name_.size() == kNameOctets) return;  // it may have been cut off
  while (!name_.empty() && (name_.back() == ' ' || name_.back() == '\t')) {
    name_.pop_back();
  }
  const auto at = std::find(kNames.begin(), kNames.end(), name_);
  if (at == kNames.end()) return;
  const auto field = static_cast<std::size_t>(at - kNames.begin());
  if (present_[field]) return;
  present_[field] = true;
  body_ = &bodies_[field];
}

void HeaderDigester::end_line() {
  held_cr_ = false;
  if (line_begins_) {
    done_ = true;
    return;
  }
  whole_.update("\n");
  if (body_ != nullptr) body_->blank = true;
  in_name_ = false;
  line_begins_ = true;
}

HeaderDigest HeaderDigester::finish() {
  if (!line_begins_) end_line();
  done_ = true;
  HeaderDigest digest;
  digest.whole = whole_.finish();
  if (!has_message_id()) {
    digest.value = first_64_bits(digest.whole) & ~std::uint64_t{1};
    if (digest.value == 0) digest.value = 2;
    return digest;
  }
  Sha256 hash;
  for (std::size_t field = 0; field < kFields; ++field) {
    hash.update(present_[field] ? "+" : "-");
    hash.update(octets_of(bodies_[field].hash.finish()));
  }
  digest.value = first_64_bits(hash.finish()) | 1;
  return digest;
}

}  // namespace mailtool::app
