// mail and mailx, as scripts use them to send: what the dialects of POSIX, BSD,
// GNU and S-nail have in common, and one reading where they differ.

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cli/personality.h"
#include "cli/personality_line.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

using enum FlagValue;

constexpr std::string_view kNoMeaning = "it has no meaning here";

// clang-format off
constexpr Flag kFlags[] = {
    {"s", required, "subject"},
    {"c", required},
    {"b", required},
    {"r", required, "from"},
    {"a", required},
    {"A", required},
    {"m", required, "body-file"},
    {"M", required},
    {"S", required},
    {"t", none,     "read-recipients"},
    {"E", none},
    {"v", none,     "verbose"},
    {"d", none,     "dry-run"},
    {"V", none},
    {"i", none,     "ignore-dots"},
    {"n", none,     "", "no mail.rc is read"},
    {"N", none,     "", kNoMeaning},
    {"B", none,     "", kNoMeaning},
    {"F", none,     "", "no copy is kept"},
    {"I", none,     "", kNoMeaning},
    {"~", none,     "", "there are no escapes in the text"},
    {":", required, "", "no mail.rc is read"},
    {"e", none},
    {"f", glued},
    {"H", none},
    {"L", required},
    {"R", none},
    {"u", required},
};
// clang-format on

Error reads_no_mail(const std::string& why) {
  return Error{ErrorKind::usage, why + ": this mail sends, and reads none", "",
               "",
               "mailtool imap and mailtool fetch read mail; to send, name the "
               "recipients"};
}

// "Name: value", and no file of that name: BSD and GNU mean a header field by
// -a, S-nail a file.
bool is_field(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == text.npos || colon == 0) return false;
  const auto name = text.substr(0, colon);
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-';
  });
  std::error_code ignored;
  return plain && !std::filesystem::exists(text, ignored);
}

// What a field of the header is called among the options of `send`; empty when
// it has none of its own.
std::string_view option_of_field(std::string_view name) {
  for (const std::string_view option :
       {"from", "to", "cc", "bcc", "reply-to", "subject", "in-reply-to"}) {
    if (iequals(name, option)) return option;
  }
  return {};
}

/// One line, flag by flag.
class MailLine {
 public:
  MailLine() { result_.personality = Personality::mail; }

  PersonalityLine run(std::span<const std::string> words) {
    result_.line.verdict = read(words);
    return std::move(result_);
  }

 private:
  Result<void> read(std::span<const std::string> words) {
    auto flags = read_flags(words, kFlags);
    if (!flags) return std::move(flags).error();
    auto begun = begin_line(flags->long_words, true, result_.line);
    if (!begun || result_.line.wish != ParsedLine::Wish::run) return begun;
    for (const auto& given : flags->flags) {
      if (auto taken = take(given); !taken) return taken;
    }
    if (result_.line.wish != ParsedLine::Wish::run) return {};
    if (auto named = take_recipients(*flags); !named) return named;
    return check_line(result_.line);
  }

  Result<void> take(const FlagWords::Given& given) {
    if (take_plain_flag(given, result_)) {
      // -r names the sender of both kinds.
      if (given.flag->name == "r") set("envelope-from", given.value);
      return {};
    }
    switch (given.flag->name[0]) {
      case 'c': add_list("cc", given.value); return {};
      case 'b': add_list("bcc", given.value); return {};
      case 'a': return take_field_or_file(given.value);
      case 'A': add("attach", given.value); return {};
      case 'M': return take_media_type(given.value, "-M");
      case 'S': take_variable(given.value); return {};
      case 'E': result_.no_empty_text = true; return {};
      case 'V': result_.line.wish = ParsedLine::Wish::version; return {};
      default: break;
    }
    return reads_no_mail("-" + std::string(given.flag->name));
  }

  Result<void> take_field_or_file(const std::string& text) {
    if (!is_field(text)) {
      add("attach", text);
      return {};
    }
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    const std::string value(trim(std::string_view(text).substr(colon + 1)));
    if (iequals(name, "Content-Type")) return take_media_type(value, "-a");
    if (iequals(name, "MIME-Version") ||
        iequals(name, "Content-Transfer-Encoding")) {
      note("-a " + name + " is ignored: composing sets it");
      return {};
    }
    const auto option = option_of_field(name);
    if (option.empty()) {
      add("header", text);
    } else if (option == "to" || option == "cc" || option == "bcc") {
      add(option, value);
    } else {
      set(option, value);
    }
    return {};
  }

  // The text is HTML, or it is text, whose charset is seen in it.
  Result<void> take_media_type(const std::string& value,
                               const std::string& flag) {
    const auto type = trim(std::string_view(value).substr(0, value.find(';')));
    if (iequals(type, "text/html")) {
      set("html", "-");
    } else if (!iequals(type, "text/plain")) {
      return Error{ErrorKind::usage,
                   "the text cannot be '" + printable(type, 80) + "'", flag, "",
                   "it may be text/plain or text/html; attach what is "
                   "neither with -A"};
    }
    return {};
  }

  // -S NAME=VALUE. The value may be a password: only the name is shown.
  void take_variable(const std::string& text) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    const auto value =
        equals == text.npos ? std::string() : text.substr(equals + 1);
    if (name == "from") {
      set("from", value);
    } else if (name == "reply-to" || name == "replyto") {
      set("reply-to", value);
    } else {
      note("-S " + printable(name, 80) +
           " is ignored: the config file says how to send");
    }
  }

  // BSD: what follows "--" behind the recipients is for sendmail. S-nail: the
  // recipients follow it.
  Result<void> take_recipients(FlagWords& flags) {
    auto recipients = std::move(flags.arguments);
    const bool for_sendmail = !recipients.empty() && !flags.behind.empty() &&
                              flags.behind.front().starts_with('-');
    if (for_sendmail) {
      auto words = std::move(flags.behind);
      words.emplace_back("--");
      words.insert(words.end(), recipients.begin(), recipients.end());
      auto other = read_sendmail_line(words, Personality::sendmail);
      if (auto merged = merge(other); !merged) return merged;
      recipients = std::move(other.line.arguments);
    } else {
      recipients.insert(recipients.end(), flags.behind.begin(),
                        flags.behind.end());
    }
    return take_recipients(std::move(recipients));
  }

  Result<void> take_recipients(std::vector<std::string> recipients) {
    if (options().has("read-recipients")) {
      result_.line.arguments = std::move(recipients);
      return {};
    }
    for (const auto& recipient : recipients) add_list("to", recipient);
    if (options().has("to") || options().has("cc") || options().has("bcc")) {
      return {};
    }
    return reads_no_mail("no recipient");
  }

  Result<void> merge(PersonalityLine& other) {
    if (!other.line.verdict) return std::move(other.line.verdict).error();
    if (other.task != PersonalityLine::Task::send) {
      return Error{ErrorKind::usage,
                   "behind the recipients and -- stand only flags of sendmail "
                   "that send"};
    }
    for (const auto* option : app::options_of(app::kSendCommand)) {
      if (const auto value = other.line.options.get(option->name)) {
        set(option->name, *value);
      }
    }
    if (!other.full_name.empty()) result_.full_name = other.full_name;
    for (auto& text : other.notes) note(std::move(text));
    return {};
  }

  // "a@x b@y", as BSD takes it, is two addresses where nothing in it says that
  // it is one.
  void add_list(std::string_view option, const std::string& text) {
    const bool bare = text.find_first_of(",\"<>();:") == text.npos;
    if (!bare) {
      add(option, text);
      return;
    }
    for (const auto word : split(text, ' ')) {
      if (!trim(word).empty()) add(option, std::string(trim(word)));
    }
  }

  [[nodiscard]] app::OptionValues& options() { return result_.line.options; }
  void add(std::string_view option, std::string value) {
    options().add(option, {std::move(value), "command line"});
  }
  void set(std::string_view option, std::string value) {
    options().set(option, {std::move(value), "command line"});
  }
  void note(std::string text) { result_.notes.push_back(std::move(text)); }

  PersonalityLine result_;
};

}  // namespace

std::span<const Flag> mail_flags() { return kFlags; }

PersonalityLine read_mail_line(std::span<const std::string> words) {
  return MailLine().run(words);
}

}  // namespace mailtool::cli
