// --fail RULE as it is typed.
//
//   rule     = [protocol SP] command [":" pattern] "=" action *(";" when)
//   protocol = "smtp" / "pop3" / "imap"
//   pattern  = 1*octet ; no "=" in it; "*" is anything, "?" one octet
//   action   = "drop" ["after" number] / "delay" delay / answer
//   answer   = ("2" / "4" / "5") 2DIGIT [SP text]        ; SMTP
//            / ("+OK" / "-ERR") [SP text]                ; POP3
//            / ("OK" / "NO" / "BAD" / "BYE") SP text     ; IMAP
//   text     = 1*(%x20-3A / %x3C-7E) ; no ";"
//   when     = "once" / number "times" / "after" number / "every" number
//   delay    = number ["ms" / "s" / "min"]
//
// Words are set apart by one blank or more.

#include <algorithm>
#include <iterator>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/serve/fault_rules.h"

namespace mailtool::serve {
namespace {

constexpr Protocols kAny = kSmtp | kPop3 | kImap;
// RFC 5321 section 4.5.3.1.5, RFC 2449 section 4: a line of 512, with its end.
constexpr std::size_t kMaxAnswer = 510;
constexpr std::size_t kMaxPattern = 1000;
constexpr std::uint64_t kMaxNumber = 1'000'000'000'000;
constexpr std::uint64_t kMaxDelay = 60ULL * 60 * 1000;

struct Name {
  std::string_view typed;
  std::string_view command;
  Protocols protocols;
};
constexpr Name kNames[] = {
    {"connect", "connect", kAny},
    {"greet", "connect", kAny},
    {"starttls", "starttls", kAny},
    {"stls", "starttls", kPop3},
    {"auth", "auth", kAny},
    {"pass", "auth", kPop3},
    {"login", "auth", kImap},
    {"authenticate", "auth", kImap},
    {"noop", "noop", kAny},
    {"quit", "quit", kSmtp | kPop3},
    {"ehlo", "ehlo", kSmtp},
    {"helo", "ehlo", kSmtp},
    {"mail", "mail", kSmtp},
    {"rcpt", "rcpt", kSmtp},
    {"data", "data", kSmtp},
    {"bdat", "data", kSmtp},
    {"dot", "dot", kSmtp},
    {"rset", "rset", kSmtp | kPop3},
    {"vrfy", "vrfy", kSmtp},
    {"help", "help", kSmtp},
    {"capa", "capa", kPop3},
    {"user", "user", kPop3},
    {"stat", "stat", kPop3},
    {"list", "list", kPop3 | kImap},
    {"uidl", "uidl", kPop3},
    {"retr", "retr", kPop3},
    {"top", "top", kPop3},
    {"dele", "dele", kPop3},
    {"utf8", "utf8", kPop3},
    {"capability", "capability", kImap},
    {"id", "id", kImap},
    {"enable", "enable", kImap},
    {"select", "select", kImap},
    {"examine", "examine", kImap},
    {"create", "create", kImap},
    {"delete", "delete", kImap},
    {"rename", "rename", kImap},
    {"subscribe", "subscribe", kImap},
    {"unsubscribe", "unsubscribe", kImap},
    {"lsub", "lsub", kImap},
    {"namespace", "namespace", kImap},
    {"status", "status", kImap},
    {"append", "append", kImap},
    {"idle", "idle", kImap},
    {"check", "check", kImap},
    {"close", "close", kImap},
    {"unselect", "unselect", kImap},
    {"expunge", "expunge", kImap},
    {"search", "search", kImap},
    {"fetch", "fetch", kImap},
    {"store", "store", kImap},
    {"copy", "copy", kImap},
    {"move", "move", kImap},
    {"logout", "logout", kImap},
};

// What helps with each part of a rule.
constexpr std::string_view kRuleForm =
    "a rule is [PROTOCOL] COMMAND[:PATTERN]=ACTION[; WHEN]..., as in "
    "'rcpt:*@slow.test=451 4.7.1 later; once'";
constexpr std::string_view kPatternForm =
    "a pattern is an address, a mailbox or a number; * is anything, ? one "
    "character: 'rcpt:*@slow.test=451 later'";
constexpr std::string_view kActionForm =
    "an action is drop, drop after OCTETS, delay 2s, or an answer: 451 4.7.1 "
    "later (SMTP), -ERR later (POP3), NO [CODE] later (IMAP); when it happens "
    "stands behind a ;";
constexpr std::string_view kGreetingForm =
    "a connection is refused by drop, or an answer: 421 4.3.2 later (SMTP), -ERR "
    "later (POP3), BYE later (IMAP); or greeted late: delay 2s";
constexpr std::string_view kWhenForm =
    "behind each ; stands once, N times (and no more), after N (which are "
    "obeyed) or every N (of N the last), N from 1: 'rcpt=451 later; after 2; "
    "once'";

// The commands of those protocols, each by one name.
std::string command_form(Protocols protocols) {
  std::string text = "a command is one of";
  for (const auto& name : kNames) {
    if ((name.protocols & protocols) == 0 || name.typed != name.command) {
      continue;
    }
    text += (text.ends_with("of") ? " " : ", ") + std::string(name.typed);
  }
  return text + "; before it may stand smtp, pop3 or imap";
}

Error wrong(std::string_view place, const std::string& why) {
  return {ErrorKind::usage, "'" + printable(place, 80) + "': " + why};
}

std::vector<std::string_view> words_of(std::string_view text) {
  auto words = split(text, ' ');
  std::erase_if(words, [](std::string_view one) { return one.empty(); });
  return words;
}

Result<std::uint64_t> count(std::string_view text) {
  const auto number = parse_number(text, kMaxNumber);
  if (!number || *number == 0) return wrong(text, "no number from 1");
  return *number;
}

std::string_view protocol_name(Protocols one) {
  return one == kSmtp ? "SMTP" : one == kPop3 ? "POP3" : "IMAP";
}

// RFC 5321 section 4.2; RFC 2034: the class of an enhanced code is the reply's.
Result<void> check_smtp(std::string_view answer, bool greeting) {
  if (answer.size() > 3 && answer[3] != ' ') {
    return wrong(answer, "a blank belongs behind the code");
  }
  if (greeting && answer[0] == '2') {
    return wrong(answer, "a connection is refused by 4yz or 5yz");
  }
  const auto text = answer.substr(std::min<std::size_t>(4, answer.size()));
  const auto code = text.substr(0, text.find(' '));
  const auto parts = split(code, '.');
  const bool enhanced =
      parts.size() == 3 &&
      std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
        return parse_number(part, 999).has_value();
      });
  if (enhanced && code[0] != answer[0]) {
    return wrong(answer, "the two codes contradict each other");
  }
  return {};
}

// RFC 9051, resp-text = ["[" resp-text-code "]" SP] text
Result<void> check_imap(std::string_view word, std::string_view answer,
                        bool greeting) {
  if (greeting && word != "BYE") {
    return wrong(answer, "a connection is refused by BYE");
  }
  const auto text = answer.substr(std::min(word.size() + 1, answer.size()));
  const auto end = text.find("] ");
  const bool whole = !text.empty() && text[0] != ' ' &&
                     (text[0] != '[' ||
                      (end != text.npos && end > 1 && end + 2 < text.size()));
  if (!whole) return wrong(answer, "a text belongs behind it: NO [CODE] text");
  return {};
}

// Sets what the answer says of the protocol.
Result<void> take_answer(std::string_view text, FaultRule& rule) {
  const bool printing = std::all_of(
      text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!printing) return wrong(text, "not printable ASCII");
  if (text.size() > kMaxAnswer) {
    return wrong(text, "longer than " + std::to_string(kMaxAnswer) + " octets");
  }
  const bool greeting = rule.command == "connect";
  const auto word = upper(text.substr(0, text.find(' ')));
  const bool digits = text.size() >= 3 &&
                      (text[0] == '2' || text[0] == '4' || text[0] == '5') &&
                      is_digit(text[1]) && is_digit(text[2]);
  Protocols speaks = 0;
  Result<void> checked;
  if (digits) {
    speaks = kSmtp;
    checked = check_smtp(text, greeting);
  } else if (word == "+OK" || word == "-ERR") {
    speaks = kPop3;
    if (greeting && word == "+OK") {
      checked = wrong(text, "a connection is refused by -ERR");
    }
  } else if (word == "OK" || word == "NO" || word == "BAD" || word == "BYE") {
    speaks = kImap;
    checked = check_imap(word, text, greeting);
  } else {
    return wrong(text,
                 "none of: drop, drop after N, delay DURATION, an answer "
                 "(451 text, -ERR text, NO text)");
  }
  if (!checked) return checked;
  if ((rule.protocols & speaks) == 0) {
    return wrong(text, "an answer of " + std::string(protocol_name(speaks)) +
                           ", which has no such command");
  }
  rule.protocols &= speaks;
  rule.fault.kind = Fault::Kind::answer;
  rule.fault.answer = word + std::string(text.substr(word.size()));
  return {};
}

Result<void> take_action(std::string_view text, FaultRule& rule) {
  const auto words = words_of(text);
  if (words.empty()) return wrong(text, "nothing behind the =");
  if (iequals(words[0], "drop")) {
    rule.fault.kind = Fault::Kind::drop;
    if (words.size() == 1) return {};
    if (words.size() != 3 || !iequals(words[1], "after")) {
      return wrong(text, "drop, or drop after N");
    }
    if (rule.command == "connect") {
      return wrong(text, "a connection has nothing to drop after");
    }
    const auto octets = count(words[2]);
    if (!octets) return octets.error();
    rule.fault.octets = *octets;
    return {};
  }
  if (iequals(words[0], "delay")) {
    if (words.size() != 2) return wrong(text, "delay DURATION");
    const auto delay = parse_delay(words[1]);
    if (!delay) return delay.error();
    rule.fault.delay = *delay;
    return {};
  }
  return take_answer(text, rule);
}

Result<void> take_when(std::string_view text, FaultRule& rule) {
  const auto words = words_of(text);
  if (words.size() == 1 && iequals(words[0], "once")) {
    rule.times = 1;
    return {};
  }
  if (words.size() == 2) {
    const bool times = iequals(words[1], "times");
    const auto number = count(words[times ? 0 : 1]);
    if (!number) return number.error();
    if (times) {
      rule.times = *number;
      return {};
    }
    if (iequals(words[0], "after")) {
      rule.after = *number;
      return {};
    }
    if (iequals(words[0], "every")) {
      rule.every = *number;
      return {};
    }
  }
  return wrong(text, "none of: once, N times, after N, every N");
}

// [protocol SP] command
Result<void> take_command(std::string_view text, FaultRule& rule) {
  const auto words = words_of(text);
  rule.protocols = kAny;
  if (words.size() == 2) {
    rule.protocols = iequals(words[0], "smtp")   ? kSmtp
                     : iequals(words[0], "pop3") ? kPop3
                     : iequals(words[0], "imap") ? kImap
                                                 : Protocols{0};
    if (rule.protocols == 0) {
      return wrong(words[0], "not smtp, pop3 or imap").with_hint(kRuleForm);
    }
  }
  if (words.empty() || words.size() > 2) {
    return wrong(text, "COMMAND, or PROTOCOL COMMAND, belongs before the =")
        .with_hint(kRuleForm);
  }
  const auto typed = lower(words.back());
  const auto* name =
      std::find_if(std::begin(kNames), std::end(kNames),
                   [&](const Name& one) { return one.typed == typed; });
  if (name == std::end(kNames) || (rule.protocols & name->protocols) == 0) {
    return wrong(words.back(), "no command that can fail")
        .with_hint(command_form(rule.protocols));
  }
  rule.protocols &= name->protocols;
  rule.command = name->command;
  return {};
}

Result<void> take_pattern(std::string_view text, FaultRule& rule) {
  if (rule.command == "connect") {
    return wrong(text, "a connection has nothing that a pattern could fit")
        .with_hint(kGreetingForm);
  }
  if (text.empty() || text.size() > kMaxPattern ||
      has_line_break_or_nul(text)) {
    return wrong(text, "no pattern of an address, a mailbox or a number");
  }
  rule.pattern = text;
  return {};
}

}  // namespace

Result<std::chrono::milliseconds> parse_delay(std::string_view text) {
  const auto digits =
      std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_number(text.substr(0, digits), kMaxDelay);
  const auto unit = text.substr(digits);
  const std::uint64_t factor = unit == "ms"                  ? 1
                               : unit.empty() || unit == "s" ? 1000
                               : unit == "min"               ? 60'000
                               : unit == "h"                 ? 3'600'000
                                                             : 0;
  if (!number || factor == 0 || *number > kMaxDelay / factor) {
    return wrong(text, "a delay is 500ms, 2s, 1min or 1h, at most an hour");
  }
  return std::chrono::milliseconds(*number * factor);
}

Result<FaultRule> parse_fault_rule(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == text.npos) {
    return wrong(text, "no rule: COMMAND[:PATTERN]=ACTION")
        .with_hint(kRuleForm);
  }
  FaultRule rule;
  const auto before = text.substr(0, equals);
  const auto colon = before.find(':');
  if (auto taken = take_command(before.substr(0, colon), rule); !taken) {
    return std::move(taken).error();
  }
  if (colon != before.npos) {
    auto taken = take_pattern(trim(before.substr(colon + 1)), rule);
    if (!taken) return std::move(taken).error().with_hint(kPatternForm);
  }
  const auto pieces = split(text.substr(equals + 1), ';');
  if (auto taken = take_action(trim(pieces[0]), rule); !taken) {
    return std::move(taken).error().with_hint(
        rule.command == "connect" ? kGreetingForm : kActionForm);
  }
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    auto taken = take_when(trim(pieces[i]), rule);
    if (!taken) return std::move(taken).error().with_hint(kWhenForm);
  }
  return rule;
}

}  // namespace mailtool::serve
