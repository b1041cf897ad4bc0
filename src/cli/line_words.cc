#include "cli/line_words.h"

#include "app/server_url.h"

namespace mailtool::cli {
namespace {

using app::Option;
using app::ValueKind;

Error wants_value(const Option& option) {
  return Error{ErrorKind::usage,
               "option --" + std::string(option.name) +
                   " wants a value: " + std::string(option.value)};
}

class Pass {
 public:
  Pass(std::span<const std::string> line, const LineGrammar& grammar)
      : line_(line), grammar_(grammar) {}

  Result<LineWords> run() {
    for (; at_ < line_.size(); ++at_) {
      const std::string_view word = line_[at_];
      Result<void> taken;
      if (is_signed_word(word)) {
        plain_.signed_words.emplace_back(word);
      } else if (word.size() < 2 || word[0] != '-') {
        if (!grammar_.command) break;
        take_argument(word);
      } else if (word[1] == '-') {
        taken = take_long(word);
      } else {
        taken = take_short(word);
      }
      if (!taken) return std::move(taken).error();
    }
    plain_.stopped_at = at_;
    return std::move(plain_);
  }

  [[nodiscard]] std::vector<std::string> arguments() const {
    return arguments_;
  }

 private:
  void keep(std::string_view word) { plain_.words.emplace_back(word); }

  void take_argument(std::string_view word) {
    keep(word);
    const bool url = arguments_.empty() && !url_seen_ &&
                     grammar_.command->url_may_come_first &&
                     app::looks_like_url(word);
    if (url) {
      url_seen_ = true;
    } else {
      arguments_.emplace_back(word);
    }
  }

  // Between a verb that takes them and its next argument: "+seen", "-flagged".
  // "-f" stays an option where it is one.
  [[nodiscard]] bool is_signed_word(std::string_view word) const {
    if (!grammar_.command || word.size() < 2 || word[1] == '-') return false;
    const auto* verb = app::find_verb(*grammar_.command, arguments_);
    if (!verb || !verb->takes_signed_words || arguments_.size() != 1) {
      return false;
    }
    return word[0] == '+' || (word[0] == '-' && word.size() > 2);
  }

  Result<void> take_value(const Option& option) {
    if (at_ + 1 == line_.size()) return wants_value(option);
    keep(line_[++at_]);
    return {};
  }

  Result<void> take_long(std::string_view word) {
    const auto equals = word.find('=');
    const auto* option =
        app::find_option(grammar_.options, word.substr(2, equals - 2));
    if (!option) {
      keep(word);
      return {};
    }
    keep(word.substr(0, equals));
    if (equals != word.npos && option->kind == ValueKind::none) {
      return Error{ErrorKind::usage,
                   "option --" + std::string(option->name) + " takes no value"};
    }
    if (option->kind == ValueKind::none) return {};
    if (equals == word.npos) return take_value(*option);
    keep(word.substr(equals + 1));
    return {};
  }

  // "-v", "-vn", "-f FOLDER", "-fFOLDER", "-vfFOLDER"
  Result<void> take_short(std::string_view word) {
    keep(word);
    for (std::size_t i = 1; i < word.size(); ++i) {
      const auto* option = app::find_option(grammar_.options, word[i]);
      if (!option) return {};
      if (option->kind == ValueKind::none) continue;
      return i + 1 == word.size() ? take_value(*option) : Result<void>();
    }
    return {};
  }

  std::span<const std::string> line_;
  LineGrammar grammar_;
  LineWords plain_;
  std::vector<std::string> arguments_;
  bool url_seen_ = false;
  std::size_t at_ = 0;
};

}  // namespace

Result<LineWords> make_plain(std::span<const std::string> line,
                             const LineGrammar& grammar) {
  return Pass(line, grammar).run();
}

std::vector<std::string> arguments_of(std::span<const std::string> line,
                                      const LineGrammar& grammar) {
  Pass pass(line, grammar);
  (void)pass.run();
  return pass.arguments();
}

}  // namespace mailtool::cli
