/// \file
/// The option table: every command, verb and option, as plain data. The parser,
/// --help, completion, the config file and the lint of the man pages all read
/// it, so that they cannot disagree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::app {

/// What the value of an option is: decides its syntax check and completion.
enum class ValueKind : std::uint8_t {
  none,         ///< a flag: no value
  text,         ///< anything on one line
  file,         ///< a file; "-" may be stdin or stdout
  folder,       ///< a folder on disk
  choice,       ///< one of Option::choices
  duration,     ///< "90s", "10min": parse_duration
  size,         ///< "20M": parse_size
  number,       ///< 0 .. 4294967295
  account,      ///< an account of the config file
  url,          ///< a server URL
  mailbox,      ///< a folder on an IMAP server
  secret,       ///< where a secret comes from: "env:NAME", "file:PATH"…
  destination,  ///< where messages go: "maildir:PATH"…
};

struct Option {
  std::string_view name;   ///< long name without dashes; may be another's, too,
                           ///< where the two go with different verbs
  char letter = '\0';      ///< short form; NUL when there is none
  std::string_view value;  ///< name of the value in help; empty for a flag
  std::string_view help;   ///< one clause: lower case, no full stop
  ValueKind kind = ValueKind::none;
  std::string_view choices;  ///< of a choice: "auto|never"; offered for a text
  /// Several values are kept in order, or a flag is counted. All other options
  /// may be given again too; the last one counts.
  bool repeatable = false;
  std::string_view group;  ///< heading in the help
  /// Verbs it goes with, separated by commas; empty: all of the command.
  std::string_view verbs;
  /// Options of a command that name the same rival exclude each other, but for
  /// those that name the same side.
  std::string_view rival;
  std::string_view side;
  /// May stand in the config file and in the environment as MAILTOOL_NAME.
  bool configurable = false;
};

/// True when at most one of them can be given.
[[nodiscard]] bool exclude_each_other(const Option& a, const Option& b);

/// What a command does: "search", "folder create".
struct Verb {
  std::string_view name;       ///< one word, or two where the first is a group
  std::string_view arguments;  ///< synopsis: "WHAT"
  std::string_view help;
  std::size_t min_arguments = 0;
  std::size_t max_arguments = SIZE_MAX;
  /// Its first arguments may begin with + or -, as in "flag +seen -flagged".
  bool takes_signed_words = false;
};

struct Example {
  std::string_view line;
  std::string_view meaning;
};

/// Options that are kept in a file of their own.
using OptionTable = std::span<const Option> (*)();

struct Command {
  std::string_view name;
  std::string_view help;                       ///< one clause
  std::span<const std::string_view> synopses;  ///< without "mailtool NAME"
  std::span<const Option> options;             ///< its own
  std::span<const OptionTable> tables;         ///< more of its own
  std::span<const Verb> verbs;                 ///< empty for most
  std::span<const Example> examples;
  bool talks_to_servers = false;    ///< takes server_options() too
  bool url_may_come_first = false;  ///< first argument may be the server's URL
  ValueKind arguments = ValueKind::text;  ///< what completion offers for them
  std::size_t max_arguments = SIZE_MAX;   ///< the URL not counted
  std::string_view default_verb = {};     ///< where there are no arguments
  bool several_accounts = false;          ///< -a may be given several times
  bool arguments_run = false;  ///< they are a program: any octets may stand there
};

/// send, fetch, imap, parse, queue, serve, wait: in the order of the help.
[[nodiscard]] std::span<const Command* const> commands();
/// nullptr when there is none.
[[nodiscard]] const Command* find_command(std::string_view name);

/// Options of every command; may stand before it.
[[nodiscard]] std::span<const Option> common_options();
/// Options of every command that talks to servers; may stand before it.
[[nodiscard]] std::span<const Option> server_options();

/// The options of `command` alone, of all its tables.
[[nodiscard]] std::vector<const Option*> own_options(const Command& command);
/// All options `command` takes: its own, the server options where it talks to
/// servers, the common ones; its own replaces one of the same name.
[[nodiscard]] std::vector<const Option*> options_of(const Command& command);
/// What may stand before a command: the common options, the server options, and
/// the options of single commands that the help lists among these.
[[nodiscard]] std::vector<const Option*> leading_options();

/// nullptr when there is none.
[[nodiscard]] const Option* find_option(std::span<const Option* const> options,
                                        std::string_view name);
[[nodiscard]] const Option* find_option(std::span<const Option* const> options,
                                        char letter);

/// The verb that `words` begin with; two words beat one. nullptr when none.
[[nodiscard]] const Verb* find_verb(const Command& command,
                                    std::span<const std::string> words);
[[nodiscard]] bool goes_with(const Option& option, const Verb& verb);

// One file a command; each is edited with the command.
extern const Command kSendCommand;
extern const Command kFetchCommand;
extern const Command kImapCommand;
extern const Command kParseCommand;
extern const Command kQueueCommand;
extern const Command kServeCommand;
extern const Command kWaitCommand;

/// Of serve: faults on purpose, and what is kept; mail between servers.
std::span<const Option> serve_trial_options();
std::span<const Option> serve_world_options();

/// Of imap: about folders; what finds and reads messages; what changes them;
/// about mirrors.
std::span<const Option> imap_folder_options();
std::span<const Option> imap_reading_options();
std::span<const Option> imap_changing_options();
std::span<const Option> imap_mirror_options();

}  // namespace mailtool::app
