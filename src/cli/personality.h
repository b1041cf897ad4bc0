/// \file
/// Personality: sendmail, mailq and mail are this program by another name. The
/// name it is called by decides how it reads its line.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "app/exit_status.h"
#include "app/invocation.h"
#include "app/local_user.h"
#include "app/output.h"
#include "cli/flag_words.h"
#include "cli/parse_line.h"

namespace mailtool::cli {

enum class Personality : std::uint8_t { mailtool, sendmail, mailq, mail };

/// By the last part of argv[0]: "sendmail", "mailq", "mail", "mailx" or
/// "Mail"; all else is mailtool.
[[nodiscard]] Personality personality_of(std::string_view program);
/// As errors name it: "sendmail".
[[nodiscard]] std::string_view name_of(Personality personality);

/// A line in the dialect of another program, as one of `send`.
struct PersonalityLine {
  enum class Task : std::uint8_t {
    send,
    verify,      ///< -bv: say what becomes of the recipients
    serve,       ///< -bs: SMTP on stdin
    list_queue,  ///< -bp
    run_queue,   ///< -q
    nothing,     ///< -bi: what it asks for is always done
  };

  Personality personality = Personality::sendmail;
  Task task = Task::send;
  ParsedLine line;                 ///< for `send`; see its verdict and wish
  std::string full_name;           ///< -F; empty: not given
  bool no_empty_text = false;      ///< mail -E
  std::vector<std::string> notes;  ///< what was ignored and why; for -v
};

/// Reads the words after the program's name.
[[nodiscard]] PersonalityLine read_sendmail_line(
    std::span<const std::string> words, Personality personality);
[[nodiscard]] PersonalityLine read_mail_line(
    std::span<const std::string> words);

/// The tables, for the lint of the man page.
[[nodiscard]] std::span<const Flag> sendmail_flags();
[[nodiscard]] std::span<const Flag> mail_flags();

/// Fills in what these programs know without being told: the sender and the
/// domain of this host, where neither the line nor the config file says it.
/// `domain` is that of mail_domain(). Fails with usage or config.
Result<void> complete_sender(const PersonalityLine& line,
                             const app::LocalUser& user,
                             const std::string& domain,
                             app::OptionValues& options);

/// Does what the line asks for; its options are resolved in `invocation`.
/// Fails as send() does, and with config when no account says how to send.
Result<app::ExitStatus> run_personality(const PersonalityLine& line,
                                        const app::Environment& environment,
                                        app::Invocation& invocation,
                                        app::Output& out);

}  // namespace mailtool::cli
