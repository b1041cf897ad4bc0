// mailtool serve: its options, as the help and the parser see them.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kMail = "Mail";
constexpr std::string_view kListening = "Listening";

const Option kOptions[] = {
    {.name = "root",
     .value = "DIR",
     .help = "keep the mail and the certificates here",
     .kind = folder,
     .group = kMail},
    {.name = "domain",
     .value = "DOMAIN",
     .help = "take mail for it, and for localhost (default example.test)",
     .kind = text,
     .repeatable = true,
     .group = kMail},
    {.name = "user",
     .value = "NAME[:SOURCE]",
     .help = "a user; without a source of the password any will do (default "
             "alice and bob)",
     .kind = text,
     .repeatable = true,
     .group = kMail},
    {.name = "smtp",
     .value = "ADDR:PORT",
     .help = "for mail from anywhere, or off (default 127.0.0.1:2525)",
     .kind = text,
     .choices = "off",
     .group = kListening},
    {.name = "submission",
     .value = "ADDR:PORT",
     .help = "for mail of the users, who log in (2587)",
     .kind = text,
     .choices = "off",
     .group = kListening},
    {.name = "pop3",
     .value = "ADDR:PORT",
     .help = "for downloads (2110)",
     .kind = text,
     .choices = "off",
     .group = kListening},
    {.name = "imap",
     .value = "ADDR:PORT",
     .help = "for mailboxes (2143)",
     .kind = text,
     .choices = "off",
     .group = kListening},
    {.name = "smtps",
     .value = "ADDR:PORT",
     .help = "for mail of the users, with TLS from the start (2465)",
     .kind = text,
     .choices = "off",
     .group = kListening},
    {.name = "pop3s",
     .value = "ADDR:PORT",
     .help = "for downloads, the same (2995)",
     .kind = text,
     .choices = "off",
     .group = kListening},
    {.name = "imaps",
     .value = "ADDR:PORT",
     .help = "for mailboxes, the same (2993)",
     .kind = text,
     .choices = "off",
     .group = kListening},
    {.name = "port",
     .value = "0",
     .help = "any free ports instead of those above",
     .kind = choice,
     .choices = "0",
     .group = kListening},
    {.name = "tls",
     .value = "MODE",
     .help = "offered (default) or off",
     .kind = choice,
     .choices = "offered|off",
     .group = kListening},
    {.name = "print-ca",
     .help = "print the certificate that clients are to trust, and end",
     .group = kListening},
    {.name = "listen-public",
     .help = "allow addresses that others can reach",
     .group = kListening},
    {.name = "until-eof",
     .help = "end with the standard input: with the program that started it",
     .group = kListening},
};

constexpr std::string_view kSynopses[] = {
    "[OPTIONS] [-- COMMAND…]",
};

constexpr Example kExamples[] = {
    {"mailtool serve", "servers for alice and bob at example.test"},
    {"mailtool serve --user carol:env:PASS --domain crepes.test",
     "one user, with a password"},
    {"mailtool serve --port 0 -- pytest tests/mail",
     "servers for as long as a program runs"},
};

constexpr OptionTable kTables[] = {serve_trial_options,
                                    serve_world_options};

}  // namespace

const Command kServeCommand = {
    .name = "serve",
    .help = "a mail server for trying, teaching and testing",
    .synopses = kSynopses,
    .options = kOptions,
    .tables = kTables,
    .examples = kExamples,
    .arguments_run = true,
};

}  // namespace mailtool::app
