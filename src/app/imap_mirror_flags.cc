#include "app/imap_mirror_flags.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/imap/command.h"

namespace mailtool::app {
namespace {

constexpr std::array<std::pair<std::string_view, char>, 5> kLetters{
    {{"\\Draft", 'D'},
     {"\\Flagged", 'F'},
     {"\\Answered", 'R'},
     {"\\Seen", 'S'},
     {"\\Deleted", 'T'}}};
constexpr std::string_view kForwarded = "$Forwarded";
constexpr std::string_view kOurs = "DFPRST";
constexpr std::size_t kMaxKeywords = 100;
constexpr std::size_t kMaxOctets = 1000;  // as a state keeps them

std::string sorted(std::string letters) {
  std::sort(letters.begin(), letters.end());
  letters.erase(std::unique(letters.begin(), letters.end()), letters.end());
  return letters;
}

}  // namespace

std::string mirror_flags(const std::vector<std::string>& flags) {
  std::string letters;
  std::vector<std::string_view> keywords;
  for (const auto& flag : flags) {
    if (!flag.starts_with('\\')) {
      const bool fits = keywords.size() < kMaxKeywords;
      if (fits && imap::is_flag(flag)) keywords.push_back(flag);
      continue;
    }
    for (const auto& [name, letter] : kLetters) {
      if (iequals(flag, name)) letters += letter;
    }
  }
  std::sort(keywords.begin(), keywords.end());
  keywords.erase(std::unique(keywords.begin(), keywords.end()),
                 keywords.end());
  auto text = sorted(std::move(letters));
  for (const auto keyword : keywords) {
    if (text.size() + 1 + keyword.size() > kMaxOctets) break;
    // A keyword of capitals alone must not be read as letters.
    text += ' ';
    text += keyword;
  }
  return text;
}

std::string maildir_letters(std::string_view flags, std::string_view now) {
  const auto words = split(flags, ' ');
  std::string letters(words.front());
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (iequals(words[i], kForwarded)) letters += 'P';
  }
  for (const char letter : now) {
    const bool other = is_alpha(letter) && kOurs.find(letter) == kOurs.npos;
    if (other) letters += letter;
  }
  return sorted(std::move(letters));
}

std::string flags_of_letters(std::string_view letters) {
  std::string text;
  for (const auto& [name, letter] : kLetters) {
    if (letters.find(letter) != letters.npos) text += letter;
  }
  text = sorted(std::move(text));
  if (letters.find('P') != letters.npos) text += " " + std::string(kForwarded);
  return text;
}

}  // namespace mailtool::app
