#include "mailtool/pop3/capability.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::pop3 {

// capa-tag = 1*cchar                                   ; RFC 2449 section 3
// capability = capa-tag *(SP param)
//
// Lenient: any run of spaces and tabs separates. Test: "tabs and blanks".
Result<void> Capabilities::feed_line(std::string_view line) {
  if (lines_.size() == kMaxLines) {
    return Error{ErrorKind::protocol,
                 "more than " + std::to_string(kMaxLines) + " capabilities"};
  }
  std::vector<std::string> words;
  std::string word;
  for (const char c : line) {
    if (!is_blank(c)) {
      if (is_control(c) || is_8bit(c)) return {};
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  if (words.empty()) return {};
  words.front() = upper(words.front());
  lines_.push_back(std::move(words));
  return {};
}

bool Capabilities::has(std::string_view name) const {
  return std::any_of(lines_.begin(), lines_.end(), [name](const auto& words) {
    return iequals(words.front(), name);
  });
}

std::vector<std::string> Capabilities::parameters(std::string_view name) const {
  std::vector<std::string> all;
  for (const auto& words : lines_) {
    if (!iequals(words.front(), name)) continue;
    all.insert(all.end(), words.begin() + 1, words.end());
  }
  return all;
}

// expire = "EXPIRE" SP ("NEVER" / 1*DIGIT) [SP "USER"] ; RFC 2449 section 6.7
std::optional<Expire> Capabilities::expire() const {
  const auto words = parameters("EXPIRE");
  if (words.empty()) return std::nullopt;
  Expire expire;
  expire.per_user = words.size() > 1 && iequals(words[1], "USER");
  expire.never = iequals(words[0], "NEVER");
  if (expire.never) return expire;
  const auto days = parse_number(words[0], UINT32_MAX);
  if (!days) return std::nullopt;
  expire.days = static_cast<std::uint32_t>(*days);
  return expire;
}

// login-delay = "LOGIN-DELAY" SP 1*DIGIT [SP "USER"]   ; RFC 2449 section 6.5
std::optional<LoginDelay> Capabilities::login_delay() const {
  const auto words = parameters("LOGIN-DELAY");
  if (words.empty()) return std::nullopt;
  const auto seconds = parse_number(words[0], UINT32_MAX);
  if (!seconds) return std::nullopt;
  return LoginDelay{static_cast<std::uint32_t>(*seconds),
                    words.size() > 1 && iequals(words[1], "USER")};
}

std::string Capabilities::implementation() const {
  std::string text;
  for (const auto& word : parameters("IMPLEMENTATION")) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::string Capabilities::to_wire() const {
  std::string wire;
  for (const auto& words : lines_) {
    if (words.front().starts_with('.')) wire += '.';
    for (const auto& word : words) {
      if (&word != &words.front()) wire += ' ';
      wire += word;
    }
    wire += "\r\n";
  }
  return wire + ".\r\n";
}

}  // namespace mailtool::pop3
