// mailtool parse: its options, as the help and the parser see them.

#include "app/option_table.h"

namespace mailtool::app {
namespace {

using enum ValueKind;

constexpr std::string_view kOutput = "Output";
constexpr std::string_view kInput = "Input";
constexpr std::string_view kChecks = "Checks";
constexpr std::string_view kLimits = "Limits";

const Option kOptions[] = {
    {.name = "tree",
     .help = "the MIME structure and the main header fields (default)",
     .group = kOutput,
     .rival = "output"},
    {.name = "headers",
     .help = "all header fields, decoded, one a line",
     .group = kOutput,
     .rival = "output"},
    {.name = "header",
     .value = "NAME",
     .help = "only this header field",
     .kind = text,
     .repeatable = true,
     .group = kOutput,
     .rival = "output"},
    {.name = "text",
     .help = "the readable text, in UTF-8",
     .group = kOutput,
     .rival = "output"},
    {.name = "html",
     .help = "the HTML text, in UTF-8",
     .group = kOutput,
     .rival = "output"},
    {.name = "part",
     .value = "N",
     .help = "one MIME part, decoded: 2.1",
     .kind = text,
     .group = kOutput,
     .rival = "output"},
    {.name = "raw",
     .help = "with --part: as it stands, not decoded",
     .group = kOutput},
    {.name = "extract",
     .value = "DIR",
     .help = "write the attachments to DIR under safe names",
     .kind = folder,
     .group = kOutput,
     .rival = "output"},
    {.name = "count",
     .help = "the number of messages",
     .group = kOutput,
     .rival = "output"},
    {.name = "verify",
     .help = "check DKIM, ARC and S/MIME signatures, draw the delivery path",
     .group = kChecks},
    {.name = "views",
     .help = "the message as other readers would see it, too",
     .group = kChecks},
    {.name = "dns-server",
     .value = "IP[:PORT]",
     .help = "with --verify: ask this name server instead of the system's",
     .kind = text,
     .group = kChecks,
     .configurable = true},
    {.name = "tls-ca",
     .value = "FILE",
     .help = "with --verify: trust these authorities instead of the system's",
     .kind = file,
     .group = kChecks,
     .configurable = true},
    {.name = "strict",
     .help = "exit 65 when a defect is found",
     .group = kChecks},
    {.name = "recursive",
     .help = "look for mail in folders within folders, too",
     .group = kInput},
    {.name = "join",
     .help = "put messages that came in pieces together (message/partial)",
     .group = kInput},
    {.name = "jobs",
     .value = "N",
     .help = "read with N threads, 1 to 64; the output keeps its order",
     .kind = number,
     .group = kInput,
     .configurable = true},
    {.name = "max-depth",
     .value = "N",
     .help = "deepest nesting of parts that is read",
     .kind = number,
     .group = kLimits,
     .configurable = true},
    {.name = "max-parts",
     .value = "N",
     .help = "most parts of a message that are read",
     .kind = number,
     .group = kLimits,
     .configurable = true},
    {.name = "max-header",
     .value = "SIZE",
     .help = "longest header that is read",
     .kind = size,
     .group = kLimits,
     .configurable = true},
};

constexpr std::string_view kSynopses[] = {
    "[OPTIONS] [FILE… | DIR… | -]",
};

constexpr Example kExamples[] = {
    {"mailtool parse message.eml", "the structure of a message"},
    {"mailtool parse --text < message.eml", "what it says"},
    {"mailtool parse --extract files message.eml", "save its attachments"},
};

}  // namespace

const Command kParseCommand = {
    .name = "parse",
    .help = "take a message apart: structure, header, text, attachments",
    .synopses = kSynopses,
    .options = kOptions,
    .examples = kExamples,
    .arguments = file,
};

}  // namespace mailtool::app
