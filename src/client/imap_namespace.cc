// NAMESPACE: RFC 2342, RFC 9051 section 6.3.10.

#include "mailtool/client/imap_namespace.h"

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/imap/value.h"

namespace mailtool::client {
namespace {

// namespace = "(" 1*namespace-descr ")" / nil
// namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil)
//                   [namespace-response-extensions] ")"
// The first of three is the user's own.
std::optional<PersonalNamespace> parse_namespace(
    const imap::FramedResponse& framed) {
  const imap::ValueTree tree(framed, std::string_view("* NAMESPACE ").size());
  const auto first = tree.first().first();
  if (!first.is_list() || !first.first().is_string()) return std::nullopt;
  const auto prefix = first.first().text();
  const auto delimiter = first.first().next();
  if (delimiter.absent() || prefix.size() > imap::kMaxMailboxName || delimiter.text().size() > 1 ||
      has_line_break_or_nul(prefix) ||
      has_line_break_or_nul(delimiter.text())) {
    return std::nullopt;
  }
  PersonalNamespace space;
  if (!prefix.empty()) space.prefix = imap::mailbox_from_wire(prefix).utf8;
  if (delimiter.is_string()) space.delimiter = delimiter.text();
  return space;
}

class NamespaceHandler : public ImapHandler {
 public:
  Result<void> on_framed(const imap::FramedResponse& framed) override {
    constexpr std::string_view kBefore = "* NAMESPACE ";
    const auto begin =
        std::string_view(framed.octets).substr(0, kBefore.size());
    if (iequals(begin, kBefore) && !found) found = parse_namespace(framed);
    return {};
  }
  Result<bool> on_data(imap::Response& data) override {
    const auto* other = std::get_if<imap::OtherData>(&data);
    return other != nullptr && other->name == "NAMESPACE";
  }
  std::optional<PersonalNamespace> found;
};

}  // namespace

std::string name_within(const PersonalNamespace& space, std::string_view name) {
  std::string within(name);
  if (iequals(name, "INBOX")) return within;
  if (!space.delimiter.empty()) {
    for (auto& c : within) {
      if (c == '/') c = space.delimiter[0];
    }
  }
  const auto& prefix = space.prefix;
  const auto begin = std::string_view(within).substr(0, prefix.size());
  // "INBOX." is INBOX in any case (RFC 9051 section 5.1).
  const bool has_it = upper(prefix).starts_with("INBOX")
                          ? iequals(begin, prefix)
                          : begin == prefix;
  return has_it ? within : prefix + within;
}

Result<std::optional<PersonalNamespace>> ImapClient::personal_namespace() {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  if (!(*offered)->has("NAMESPACE") && !(*offered)->has("IMAP4REV2")) {
    return std::optional<PersonalNamespace>();
  }
  imap::CommandBuilder command("NAMESPACE");
  const auto built = command.build();
  if (!built) return built.error();
  NamespaceHandler handler;
  auto done = run(*built, &handler);
  if (!done) return std::move(done).error();
  return std::move(handler.found);
}

}  // namespace mailtool::client
