#include "mailtool/smtp/command.h"

#include <algorithm>
#include <vector>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/smtp/path.h"
#include "smtp/parameter.h"

namespace mailtool::smtp {
namespace {

constexpr std::string_view kPlainVerbs[] = {"DATA", "RSET", "NOOP", "QUIT",
                                            "STARTTLS"};

Error cannot(std::string_view what) {
  return Error{ErrorKind::bad_input, std::string(what)};
}

Error syntax(std::string_view what) {
  return Error{ErrorKind::protocol, "syntax error: " + std::string(what)};
}

// What no word of a command may hold.
bool is_word(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || is_control(c);
  });
}

Result<std::string> line_of(const Hello& hello) {
  if (hello.verb != "EHLO" && hello.verb != "HELO" && hello.verb != "LHLO") {
    return cannot("no such greeting");
  }
  if (!is_word(hello.name)) {
    return cannot("bad host name " + printable(hello.name, 100));
  }
  return hello.verb + ' ' + hello.name;
}

Result<std::string> line_of(const Mail& mail) {
  if (!mail.reverse_path.empty()) {
    auto path = parse_mailbox(mail.reverse_path, {.domain_optional = true});
    if (!path) return std::move(path).error();
  }
  std::string line = "MAIL FROM:<" + mail.reverse_path + '>';
  if (auto added = append_parameters(line, mail); !added) {
    return std::move(added).error();
  }
  return line;
}

Result<std::string> line_of(const Rcpt& rcpt) {
  auto path = parse_mailbox(rcpt.forward_path, {.domain_optional = true});
  if (!path) return std::move(path).error();
  std::string line = "RCPT TO:<" + rcpt.forward_path + '>';
  if (auto added = append_parameters(line, rcpt); !added) {
    return std::move(added).error();
  }
  return line;
}

Result<std::string> line_of(const Bdat& bdat) {
  return "BDAT " + std::to_string(bdat.octets) + (bdat.last ? " LAST" : "");
}

Result<std::string> line_of(const Auth& auth) {
  if (!is_word(auth.mechanism)) return cannot("bad mechanism name");
  if (!auth.initial) return "AUTH " + auth.mechanism;
  if (!is_word(*auth.initial)) return cannot("bad initial response");
  return "AUTH " + auth.mechanism + ' ' + *auth.initial;
}

Result<std::string> line_of(const Plain& plain) {
  for (const auto verb : kPlainVerbs) {
    if (plain.verb == verb) return plain.verb;
  }
  return cannot("no such command");
}

// Octets up to the ">" that ends the path at the start of `text`, which began
// with "<"; a quoted local part may hold one of its own.
std::size_t path_length(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '>' && !quoted) {
      return i;
    }
  }
  return text.npos;
}

// Path = "<" [ A-d-l ":" ] Mailbox ">"
// A-d-l = At-domain *( "," At-domain )           ; RFC 5321 section 4.1.2
//
// The mailbox alone: the route before it is to be ignored (appendix C).
std::string_view without_route(std::string_view path) {
  if (!path.starts_with('@')) return path;
  const auto colon = path.find(':');
  if (colon == path.npos) return path;
  for (const auto hop : split(path.substr(0, colon), ',')) {
    const bool domain = hop.starts_with('@') &&
                        parse_mailbox("x" + std::string(hop)).has_value();
    if (!domain) return path;
  }
  return path.substr(colon + 1);
}

// Each at most once: RFC 5321 section 4.1.1.11.
template <class Command>
Result<void> take_parameters(std::string_view text, Command& command) {
  std::vector<std::string> seen;
  for (const auto word : split(text, ' ')) {
    if (word.empty()) continue;
    if (auto taken = take_parameter(word, command); !taken) return taken;
    auto name = upper(word.substr(0, word.find('=')));
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return syntax(name + " twice");
    }
    seen.push_back(std::move(name));
  }
  return {};
}

// "FROM:" or "TO:", path and parameters. Lenient: blanks after the colon.
template <class Command>
Result<Command> parse_path_command(std::string_view rest,
                                   std::string_view keyword,
                                   std::string Command::*path) {
  if (!istarts_with(rest, keyword)) return syntax("path expected");
  rest = trim(rest.substr(keyword.size()));
  if (!rest.starts_with('<')) return syntax("no < before the path");
  rest.remove_prefix(1);
  const auto length = path_length(rest);
  if (length == rest.npos) return syntax("no > after the path");
  Command command;
  command.*path = without_route(rest.substr(0, length));
  if (length > 0) {
    auto mailbox = parse_mailbox(command.*path, {.domain_optional = true});
    if (!mailbox) return syntax(mailbox.error().what);
  }
  rest.remove_prefix(length + 1);
  if (!rest.empty() && rest[0] != ' ') return syntax("no blank behind the path");
  if (auto taken = take_parameters(rest, command); !taken) {
    return std::move(taken).error();
  }
  return command;
}

Result<Command> parse_bdat(std::string_view rest) {
  const auto words = split(rest, ' ');
  const auto octets = parse_number(words[0]);
  const bool last = words.size() == 2 && iequals(words[1], "LAST");
  if (!octets || words.size() > 2 || (words.size() == 2 && !last)) {
    return syntax("BDAT octets [LAST]");
  }
  return Command(Bdat{*octets, last});
}

Result<Command> parse_auth(std::string_view rest) {
  const auto words = split(rest, ' ');
  if (words.size() > 2 || !is_word(words[0])) return syntax("AUTH mechanism");
  Auth auth{upper(words[0]), std::nullopt};
  if (words.size() == 2) {
    if (!is_word(words[1])) return syntax("empty initial response");
    auth.initial = words[1];
  }
  return Command(std::move(auth));
}

template <class T>
Result<Command> widened(Result<T> narrow) {
  if (!narrow) return std::move(narrow).error();
  return Command(*std::move(narrow));
}

}  // namespace

Result<std::string> to_wire(const Command& command) {
  auto line = std::visit([](const auto& c) { return line_of(c); }, command);
  if (!line) return line;
  // The last guard against command injection: whatever was validated above,
  // nothing leaves here with a line end inside it.
  if (has_line_break_or_nul(*line)) return cannot("line end inside a command");
  const auto limit =
      std::holds_alternative<Auth>(command) ? kMaxAuthLine : kMaxCommand;
  if (line->size() + 2 > limit) return cannot("command line too long");
  return *line + "\r\n";
}

Result<Command> parse_command(std::string_view line) {
  if (line.size() + 2 > kMaxAuthLine) return syntax("line too long");
  if (has_line_break_or_nul(line)) return syntax("control character");
  line = trim(line);
  const auto blank = std::min(line.find(' '), line.size());
  const auto verb = upper(line.substr(0, blank));
  const auto rest = trim(line.substr(blank));
  if (verb == "AUTH") return parse_auth(rest);
  if (line.size() + 2 > kMaxCommand) return syntax("line too long");
  if (verb == "EHLO" || verb == "HELO" || verb == "LHLO") {
    if (!is_word(rest)) return syntax("host name expected");
    return Command(Hello{verb, std::string(rest)});
  }
  if (verb == "MAIL") {
    return widened(parse_path_command(rest, "FROM:", &Mail::reverse_path));
  }
  if (verb == "RCPT") {
    auto rcpt = parse_path_command(rest, "TO:", &Rcpt::forward_path);
    if (rcpt && rcpt->forward_path.empty()) return syntax("null recipient");
    return widened(std::move(rcpt));
  }
  if (verb == "BDAT") return parse_bdat(rest);
  for (const auto plain : kPlainVerbs) {
    // NOOP may carry a string, which means nothing.
    if (verb == plain && (rest.empty() || verb == "NOOP")) {
      return Command(Plain{verb});
    }
  }
  return syntax("unknown command");
}

}  // namespace mailtool::smtp
