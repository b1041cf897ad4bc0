#include "app/exit_status_table.h"

namespace mailtool::app {
namespace {

using enum ExitStatus;

constexpr ExitStatusRow kRows[] = {
    {ok, "done"},
    {no_match, "nothing matched (only with --exit-code)"},
    {usage, "the command line is wrong"},
    {data_err, "the input is wrong"},
    {no_input, "an input file, folder or message does not exist"},
    {no_user, "a recipient is refused"},
    {no_host, "the host or domain does not exist or takes no mail"},
    {unavailable, "refused for good, or a capability is missing"},
    {software, "a bug in mailtool"},
    {os_err, "the system refuses a process or a descriptor"},
    {cant_create, "an output cannot be created"},
    {io_err, "reading or writing locally failed"},
    {temp_fail, "a temporary failure: trying again may help"},
    {protocol, "the server breaks the protocol or a limit"},
    {no_perm, "credentials, certificate or permission refused"},
    {config, "the configuration is wrong"},
};

}  // namespace

std::span<const ExitStatusRow> exit_status_table() { return kRows; }

}  // namespace mailtool::app
