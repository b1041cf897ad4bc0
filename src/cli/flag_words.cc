#include "cli/flag_words.h"

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

const Flag* longest_match(std::string_view letters,
                          std::span<const Flag> table) {
  const Flag* found = nullptr;
  for (const auto& flag : table) {
    if (letters.starts_with(flag.name) &&
        (found == nullptr || flag.name.size() > found->name.size())) {
      found = &flag;
    }
  }
  return found;
}

// True for "-o" and "-b" alone, whose second letter is the next word.
bool is_half(std::string_view letters, std::span<const Flag> table) {
  if (letters.size() != 1) return false;
  for (const auto& flag : table) {
    if (flag.name.size() > 1 && flag.name[0] == letters[0]) return true;
  }
  return false;
}

class FlagReader {
 public:
  FlagReader(std::span<const std::string> words, std::span<const Flag> table)
      : words_(words), table_(table) {}

  Result<FlagWords> run() {
    for (const auto& word : words_) {
      if (has_line_break_or_nul(word)) {
        return Error{ErrorKind::usage, "CR, LF or NUL in an argument"};
      }
    }
    while (next_ < words_.size()) {
      const auto& word = words_[next_++];
      if (word == "--") {
        read_.behind.assign(words_.begin() + static_cast<std::ptrdiff_t>(next_),
                            words_.end());
        break;
      }
      if (word.starts_with("--")) {
        read_.long_words.push_back(word);
      } else if (word.size() > 1 && word[0] == '-') {
        if (auto taken = take(word.substr(1)); !taken) {
          return std::move(taken).error();
        }
      } else {
        read_.arguments.push_back(word);
      }
    }
    return std::move(read_);
  }

 private:
  Result<void> take(std::string letters) {
    while (!letters.empty()) {
      if (is_half(letters, table_) && next_ < words_.size()) {
        letters += words_[next_++];
      }
      const auto* flag = longest_match(letters, table_);
      if (flag == nullptr) {
        return Error{ErrorKind::usage,
                     "unknown option -" + printable(letters.substr(0, 1))};
      }
      letters.erase(0, flag->name.size());
      if (flag->value == FlagValue::none) {
        read_.flags.push_back({flag, ""});
        continue;
      }
      if (flag->value == FlagValue::required && letters.empty()) {
        if (next_ == words_.size()) {
          return Error{ErrorKind::usage,
                       "option -" + std::string(flag->name) + " needs a value"};
        }
        letters = words_[next_++];
      }
      read_.flags.push_back({flag, std::move(letters)});
      return {};
    }
    return {};
  }

  std::span<const std::string> words_;
  std::span<const Flag> table_;
  std::size_t next_ = 0;
  FlagWords read_;
};

}  // namespace

Result<FlagWords> read_flags(std::span<const std::string> words,
                             std::span<const Flag> table) {
  return FlagReader(words, table).run();
}

}  // namespace mailtool::cli
