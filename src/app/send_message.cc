#include "app/send_message.h"

#include <algorithm>

namespace mailtool::app {
namespace {

constexpr std::string_view kComposing[] = {
    "to",   "cc",     "bcc",    "subject", "body",     "body-file",
    "html", "attach", "inline", "header",  "reply-to", "in-reply-to"};

}  // namespace

bool wants_to_compose(const OptionValues& options) {
  return std::any_of(std::begin(kComposing), std::end(kComposing),
                     // A reply-to that the config file sets composes nothing.
                     [&](std::string_view name) {
                       return options.has(name) &&
                              (name != "reply-to" ||
                               options.origin(name) == "command line");
                     });
}

}  // namespace mailtool::app
