#include "app/send_recipients.h"

#include <unordered_set>
#include <utility>

#include "app/aliases.h"
#include "app/ascii_domain.h"
#include "app/qualify.h"

namespace mailtool::app {

Result<std::vector<std::string>> expand_recipients(
    const OptionValues& options, std::vector<std::string> recipients) {
  const auto domain = domain_option(options);
  if (!domain) return domain.error();
  if (const auto path = options.get("aliases")) {
    const auto aliases = Aliases::load(*path);
    if (!aliases) return aliases.error();
    auto expanded = aliases->expand(recipients, *domain);
    if (!expanded) return std::move(expanded).error();
    recipients = std::move(*expanded);
  }
  std::vector<std::string> once;
  std::unordered_set<std::string> seen;
  for (const auto& recipient : recipients) {
    auto address = qualified(recipient, *domain);
    if (seen.insert(mailbox_key(address)).second) once.push_back(std::move(address));
  }
  return once;
}

}  // namespace mailtool::app
