// mailtool imap quota: how much may lie there, and how much does.

#include <cstdio>
#include <utility>

#include "app/imap_session.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// STORAGE counts units of 1024 octets (RFC 9208 section 5.1).
std::uint64_t in_octets(const client::QuotaResource& resource,
                        std::uint64_t count) {
  if (!iequals(resource.name, "STORAGE")) return count;
  return count > UINT64_MAX / 1024 ? UINT64_MAX : count * 1024;
}

double percent_of(std::uint64_t used, std::uint64_t limit) {
  if (limit == 0) return used == 0 ? 0 : 100;
  return 100.0 * static_cast<double>(used) / static_cast<double>(limit);
}

Result<void> write_row(const Invocation& invocation, Output& out,
                       const std::string& root,
                       const client::QuotaResource& resource) {
  const auto used = in_octets(resource, resource.usage);
  const auto limit = in_octets(resource, resource.limit);
  const auto percent = percent_of(used, limit);
  const auto name = lower(resource.name);
  if (invocation.json()) {
    JsonWriter json(out);
    json.begin_object().field("type", "quota").field("root", root);
    json.field("resource", name).field("used", used).field("limit", limit);
    json.field("percent", percent);
    return json.end_object().end_line();
  }
  char shown[32];
  std::snprintf(shown, sizeof shown, "%.1f%%", percent);
  auto line = printable(name, 100) + "\t" + std::to_string(used) + "\t" +
              std::to_string(limit) + "\t" + shown;
  if (!root.empty()) line += "\t" + printable(root, 1000);
  return out.write(line + "\n");
}

}  // namespace

Result<ExitStatus> imap_quota(const Invocation& invocation, const Words&,
                              Output& out) {
  if (invocation.options.all("folder").size() > 1) {
    return Error{ErrorKind::usage, "quota takes one --folder"};
  }
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  const auto name = invocation.options.get_or("folder", "INBOX");
  auto folder = (*session)->folder(name);
  if (!folder) return (*session)->at_server(std::move(folder).error());
  auto quotas = (*session)->client().quota(*folder);
  if (!quotas && (*session)->reconsiders(quotas.error())) {
    folder = (*session)->folder(name);
    if (!folder) return (*session)->at_server(std::move(folder).error());
    quotas = (*session)->client().quota(*folder);
  }
  if (!quotas) return (*session)->at_server(std::move(quotas).error());
  bool any = false;
  for (const auto& quota : *quotas) {
    for (const auto& resource : quota.resources) {
      any = true;
      auto wrote = write_row(invocation, out, quota.root, resource);
      if (!wrote) return wrote.error();
    }
  }
  if (!any && invocation.stderr_is_terminal && !invocation.quiet()) {
    warn("imap", "nothing is limited in " + printable(folder->utf8, 200));
  }
  if (auto wrote = write_summary(invocation, out, ExitStatus::ok); !wrote) {
    return wrote.error();
  }
  return ExitStatus::ok;
}

}  // namespace mailtool::app
