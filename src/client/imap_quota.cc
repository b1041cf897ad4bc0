// QUOTA (RFC 9208) and ID (RFC 2971).

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/imap/value.h"

namespace mailtool::client {
namespace {

// What no sensible server exceeds.
constexpr std::size_t kMaxQuotas = 1000;
constexpr std::size_t kMaxResources = 100;
constexpr std::size_t kMaxIdFields = 30;  // RFC 2971 section 3.3

bool is(const imap::FramedResponse& framed, std::string_view name) {
  const auto begin = "* " + std::string(name) + " ";
  return iequals(std::string_view(framed.octets).substr(0, begin.size()),
                 begin);
}

bool is_other(const imap::Response& data, std::string_view name) {
  const auto* other = std::get_if<imap::OtherData>(&data);
  return other != nullptr && other->name == name;
}

// quota-list = "(" quota-resource *(SP quota-resource) ")"
// quota-resource = resource-name SP resource-usage SP resource-limit
Quota parse_quota(const imap::FramedResponse& framed) {
  const imap::ValueTree tree(framed, std::string_view("* QUOTA ").size());
  Quota quota;
  quota.root = tree.first().text();
  auto at = tree.first().next().first();
  while (!at.absent() && quota.resources.size() < kMaxResources) {
    const auto usage = at.next();
    const auto limit = usage.next();
    const auto used = parse_number(usage.text(), INT64_MAX);
    const auto most = parse_number(limit.text(), INT64_MAX);
    // A resource that cannot be read is left out, not guessed.
    if (used && most) {
      quota.resources.push_back({std::string(at.text()), *used, *most});
    }
    at = limit.next();
  }
  return quota;
}

class QuotaHandler : public ImapHandler {
 public:
  Result<void> on_framed(const imap::FramedResponse& framed) override {
    if (!is(framed, "QUOTA")) return {};
    if (quotas.size() == kMaxQuotas) {
      return Error{ErrorKind::protocol, "more than 1000 quotas"};
    }
    quotas.push_back(parse_quota(framed));
    return {};
  }
  Result<bool> on_data(imap::Response& data) override {
    return is_other(data, "QUOTA");
  }
  std::vector<Quota> quotas;
};

// id-params-list = "(" *(string SP nstring) ")" / nil
class IdHandler : public ImapHandler {
 public:
  Result<void> on_framed(const imap::FramedResponse& framed) override {
    if (!is(framed, "ID")) return {};
    const imap::ValueTree tree(framed, std::string_view("* ID ").size());
    fields.clear();
    auto at = tree.first().first();
    while (!at.absent() && fields.size() < kMaxIdFields) {
      const auto value = at.next();
      fields.push_back({std::string(at.text()), std::string(value.text())});
      at = value.next();
    }
    return {};
  }
  Result<bool> on_data(imap::Response& data) override {
    return is_other(data, "ID");
  }
  std::vector<ServerIdField> fields;
};

}  // namespace

Result<std::vector<Quota>> ImapClient::quota(const imap::MailboxName& mailbox) {
  auto offered = offers("QUOTA");
  if (!offered) return std::move(offered).error();
  if (!*offered) {
    return Error{ErrorKind::unsupported, "the server tells of no quota",
                 "GETQUOTAROOT"};
  }
  QuotaHandler handler;
  imap::CommandBuilder command("GETQUOTAROOT");
  auto done = run_ok(command.mailbox(mailbox), &handler);
  if (!done) return std::move(done).error();
  return std::move(handler.quotas);
}

Result<std::vector<ServerIdField>> ImapClient::server_id() {
  auto offered = offers("ID");
  if (!offered) return std::move(offered).error();
  IdHandler handler;
  if (!*offered) return std::move(handler.fields);
  imap::CommandBuilder command("ID");
  auto built = command.text("(\"name\" \"mailtool\")").build();
  if (!built) return std::move(built).error();
  if (auto done = run(*built, &handler); !done) return std::move(done).error();
  return std::move(handler.fields);
}

}  // namespace mailtool::client
