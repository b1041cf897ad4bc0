// sendmail and mailq: the flags that programs have called them with for forty
// years. The table is the list of what each does; mailtool-sendmail(1) has it
// in words.

#include <utility>

#include "cli/personality.h"
#include "cli/personality_line.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

using enum FlagValue;

constexpr std::string_view kAtOnce = "mail is sent at once";
constexpr std::string_view kErrors = "errors go to stderr and the exit status";
// Programs that put what they were told into the line, as web pages do, have
// had files written and programs run by these.
constexpr std::string_view kCallersFile =
    "only the config file and the environment name files";
constexpr std::string_view kNoMeaning = "it has no meaning here";

// clang-format off
constexpr Flag kFlags[] = {
    {"f",  required, "envelope-from"},
    {"r",  required, "envelope-from"},
    {"F",  required},
    {"t",  none,     "read-recipients"},
    {"i",  none,     "ignore-dots"},
    {"oi", glued,    "ignore-dots"},
    {"v",  none,     "verbose"},
    {"N",  required},
    {"R",  required},
    {"V",  required, "envid"},
    {"n",  none},
    {"bm", glued},
    {"bs", glued},
    {"bv", glued},
    {"bp", glued},
    {"bi", glued},
    {"I",  none},
    {"b",  glued},
    {"q",  glued},
    {"odq", none,    "queue"},
    {"odd", none,    "queue"},
    {"od", glued,    "", kAtOnce},
    {"oe", glued,    "", kErrors},
    {"e",  required, "", kErrors},
    {"om", glued,    "", "the sender of an alias is one of its readers"},
    {"o7", glued,    "", "what the text is made of is seen in it"},
    {"o8", glued,    "", "what the text is made of is seen in it"},
    {"o",  glued,    "", kNoMeaning},
    {"oA", required, "", kCallersFile},
    {"C",  required, "", kCallersFile},
    {"X",  required, "", kCallersFile},
    {"O",  required, "", kNoMeaning},
    {"B",  required, "", "what the text is made of is seen in it"},
    {"A",  required, "", kNoMeaning},
    {"D",  required, "", kNoMeaning},
    {"d",  glued,    "", kNoMeaning},
    {"G",  none,     "", kNoMeaning},
    {"h",  required, "", "hops are counted by the servers"},
    {"L",  required, "", "nothing is logged"},
    {"M",  required, "", kNoMeaning},
    {"m",  none,     "", "the sender of an alias is one of its readers"},
    {"p",  required, "", kNoMeaning},
    {"s",  none,     "", "no From line is kept"},
    {"U",  none,     "", kNoMeaning},
    {"x",  none,     "", kNoMeaning},
};
// clang-format on

// -N never, or a list of success, failure and delay (RFC 3461 section 4.1).
Result<void> set_dsn(const std::string& value, app::OptionValues& options) {
  for (const auto word : split(value, ',')) {
    const auto known = lower(word);
    const bool right = known == "success" || known == "failure" ||
                       known == "delay" ||
                       (known == "never" && value.size() == word.size());
    if (!right) {
      return Error{ErrorKind::usage,
                   "'" + printable(value, 50) +
                       "' is neither never nor a list of success, failure, "
                       "delay",
                   "-N"};
    }
  }
  options.set("dsn", {lower(value), "command line"});
  return {};
}

// -R full, or hdrs (section 4.3).
Result<void> set_dsn_return(const std::string& value,
                            app::OptionValues& options) {
  const bool full = iequals(value, "full");
  if (!full && !iequals(value, "hdrs")) {
    return Error{ErrorKind::usage,
                 "'" + printable(value, 50) + "' is neither full nor hdrs",
                 "-R"};
  }
  options.set("dsn-return", {full ? "full" : "headers", "command line"});
  return {};
}

Error unknown_mode(const std::string& value) {
  const auto mode = "-b" + printable(value.substr(0, 1));
  if (value == "d" || value == "D") {
    return Error{ErrorKind::usage,
                 mode + ": this is no daemon: it sends mail and receives none"};
  }
  return Error{ErrorKind::usage, "there is no mode " + mode};
}

/// One line, flag by flag.
class SendmailLine {
 public:
  explicit SendmailLine(Personality personality) {
    result_.personality = personality;
    if (personality == Personality::mailq) result_.task = Task::list_queue;
  }

  PersonalityLine run(std::span<const std::string> words) {
    result_.line.verdict = read(words);
    return std::move(result_);
  }

 private:
  using Task = PersonalityLine::Task;

  Result<void> read(std::span<const std::string> words) {
    auto flags = read_flags(words, kFlags);
    if (!flags) return std::move(flags).error();
    auto begun = begin_line(flags->long_words, false, result_.line);
    if (!begun || result_.line.wish != ParsedLine::Wish::run) return begun;
    for (const auto& given : flags->flags) {
      if (auto taken = take(given); !taken) return taken;
    }
    auto& recipients = result_.line.arguments;
    recipients = std::move(flags->arguments);
    recipients.insert(recipients.end(), flags->behind.begin(),
                      flags->behind.end());
    const bool needs_one = result_.task == Task::verify ||
                           (result_.task == Task::send &&
                            !result_.line.options.has("read-recipients"));
    if (needs_one && recipients.empty()) {
      return Error{ErrorKind::usage, "no recipient", "", "",
                   "name them as arguments, or take them from the header "
                   "with -t"};
    }
    return check_line(result_.line);
  }

  Result<void> take(const FlagWords::Given& given) {
    const auto& flag = *given.flag;
    if (take_plain_flag(given, result_)) return {};
    if (flag.name == "F") {
      result_.full_name = given.value;
    } else if (flag.name == "N") {
      return set_dsn(given.value, result_.line.options);
    } else if (flag.name == "R") {
      return set_dsn_return(given.value, result_.line.options);
    } else if (flag.name == "n") {
      // A file without aliases: not even those of the config file count.
      result_.line.options.set("aliases", {"/dev/null", "command line"});
    } else if (flag.name == "bm") {
      result_.task = Task::send;
    } else if (flag.name == "bs") {
      result_.task = Task::serve;
    } else if (flag.name == "bv") {
      result_.task = Task::verify;
    } else if (flag.name == "bp") {
      result_.task = Task::list_queue;
    } else if (flag.name == "q") {
      result_.task = Task::run_queue;
    } else if (flag.name == "bi" || flag.name == "I") {
      result_.task = Task::nothing;
    } else {
      return unknown_mode(given.value);
    }
    return {};
  }

  PersonalityLine result_;
};

}  // namespace

std::span<const Flag> sendmail_flags() { return kFlags; }

PersonalityLine read_sendmail_line(std::span<const std::string> words,
                                   Personality personality) {
  return SendmailLine(personality).run(words);
}

}  // namespace mailtool::cli
