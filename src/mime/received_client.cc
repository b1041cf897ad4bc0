#include "received_client.h"

#include <algorithm>

#include "lexer.h"
#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

bool is_ipv4(std::string_view text) noexcept {
  int numbers = 0;
  int value = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_digit(text[i])) {
      value = value * 10 + (text[i] - '0');
      if (++digits > 3) return false;
      continue;
    }
    if (digits == 0 || value > 255 || (i < text.size() && text[i] != '.')) {
      return false;
    }
    ++numbers;
    value = 0;
    digits = 0;
  }
  return numbers == 4;
}

// Enough to tell an address from other words with colons.
bool is_ipv6(std::string_view text) noexcept {
  constexpr std::size_t kLongest = 45;
  if (text.size() < 2 || text.size() > kLongest) return false;
  const bool letters = std::all_of(text.begin(), text.end(), [](char c) {
    const char l = to_lower(c);
    return is_digit(c) || (l >= 'a' && l <= 'f') || c == ':' || c == '.';
  });
  return letters && std::count(text.begin(), text.end(), ':') >= 2;
}

std::string_view take_word(std::string_view& text) {
  static constexpr OctetSet kApart(" \t()");
  std::size_t begin = 0;
  while (begin < text.size() && kApart.has(text[begin])) ++begin;
  auto end = begin;
  while (end < text.size() && !kApart.has(text[end])) ++end;
  const auto word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

// "ident@host" without ident, "host." without the dot.
std::string_view host_of(std::string_view word) {
  word = word.substr(word.rfind('@') + 1);
  while (word.ends_with('.')) word.remove_suffix(1);
  const bool is_host = !word.empty() && word.find('=') == word.npos &&
                       !iequals(word, "unknown") && ip_address_in(word).empty();
  return is_host ? word : std::string_view();
}

}  // namespace

std::string_view ip_address_in(std::string_view text) noexcept {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return {};
    text = text.substr(1, end - 1);
  }
  if (istarts_with(text, "IPv6:")) text.remove_prefix(5);
  return is_ipv4(text) || is_ipv6(text) ? text : std::string_view();
}

void read_client_comment(std::string_view comment, Received& into) {
  if (istarts_with(comment, "using ") || istarts_with(comment, "version=")) {
    return;  // what TLS was spoken
  }
  const auto set = [](std::string& slot, std::string_view text) {
    if (slot.empty()) slot = text;
  };
  auto rest = comment;
  const auto first = take_word(rest);
  for (auto word = first; !word.empty(); word = take_word(rest)) {
    const bool greeting = iequals(word, "HELO") || iequals(word, "EHLO");
    if (greeting) {
      set(into.helo, take_word(rest));
    } else if (istarts_with(word, "helo=")) {
      set(into.helo, word.substr(5));
    } else if (const auto ip = ip_address_in(word.substr(word.rfind('@') + 1));
               !ip.empty()) {
      if (into.ip.empty() && word.starts_with('[') && word != first) {
        set(into.reverse_dns, host_of(first));
      }
      set(into.ip, ip);
    }
  }
}

}  // namespace mailtool::mime
