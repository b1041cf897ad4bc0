#include "app/send_direct.h"

#include <string>
#include <utility>

#include "app/send_session.h"
#include "mailtool/base/ascii.h"
#include "mailtool/smtp/path.h"

namespace mailtool::app {
namespace {

using client::Outcome;
using Indices = std::vector<std::size_t>;

struct DomainGroup {
  std::string domain;
  Indices recipients;  // indices into the results
};

void fail(RecipientResult& result, const Error& error) {
  result.outcome = outcome_of(error);
  result.error = error;
}

std::vector<DomainGroup> group_by_domain(std::vector<RecipientResult>& results) {
  std::vector<DomainGroup> groups;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto mailbox = smtp::parse_mailbox(results[i].recipient);
    if (!mailbox || mailbox->domain.empty()) {
      fail(results[i], mailbox ? Error{ErrorKind::usage, "has no domain"}
                               : mailbox.error());
      continue;
    }
    const auto domain = lower(mailbox->domain);
    auto group = groups.begin();
    while (group != groups.end() && group->domain != domain) ++group;
    if (group == groups.end()) group = groups.insert(group, {domain, {}});
    group->recipients.push_back(i);
  }
  return groups;
}

// A host has the last word on what it refused for good or took; the rest may
// be tried elsewhere.
Indices still_open(const std::vector<RecipientResult>& results,
                   const Indices& chosen) {
  Indices open;
  for (const auto index : chosen) {
    const auto& result = results[index];
    if (!result.planned && result.outcome == Outcome::deferred) open.push_back(index);
  }
  return open;
}

bool ends_the_run(const Error& error) {
  return error.kind == ErrorKind::interrupted;
}

Result<std::unique_ptr<SendSession>> start(Connector& connector,
                                           const net::MailHost& host,
                                           TlsMode mode) {
  auto connection = connector.open(host);
  if (!connection) return std::move(connection).error();
  SessionPlan plan;
  plan.tls = mode;
  return SendSession::start(connector, std::move(*connection), plan, host.host);
}

Result<std::unique_ptr<SendSession>> start_as_policy_says(
    Connector& connector, const net::MailHost& host) {
  const auto mode = connector.tls_mode(TlsMode::opportunistic);
  auto session = start(connector, host, mode);
  if (session || mode != TlsMode::opportunistic) return session;
  // A handshake that failed leaves no usable connection; the policy prefers
  // clear text over no delivery. Other failures would meet again.
  const auto kind = session.error().kind;
  const bool handshake = session.error().step == "STARTTLS" ||
                         kind == ErrorKind::untrusted ||
                         kind == ErrorKind::insecure;
  if (!handshake) return session;
  return start(connector, host, TlsMode::off);
}

class DirectDelivery {
 public:
  DirectDelivery(const Invocation& invocation, Connector& connector,
                 const OutgoingMessage& message,
                 std::vector<RecipientResult>& results)
      : dry_run_(invocation.dry_run()),
        connector_(connector),
        message_(message),
        results_(results) {}

  Result<void> deliver(const DomainGroup& group, std::uint16_t port) {
    auto hosts = connector_.route(group.domain, port);
    if (!hosts) {
      if (ends_the_run(hosts.error())) return std::move(hosts).error();
      for (const auto index : group.recipients) {
        fail(results_[index], hosts.error());
      }
      return {};
    }
    Indices open = group.recipients;
    for (const auto& host : *hosts) {
      if (auto tried = try_host(host, open); !tried) return tried;
      open = still_open(results_, open);
      if (open.empty()) return {};
    }
    return {};
  }

 private:
  Result<void> try_host(const net::MailHost& host, const Indices& open) {
    auto session = start_as_policy_says(connector_, host);
    if (!session) {
      if (ends_the_run(session.error())) return std::move(session).error();
      note_failure(host, std::move(session).error(), open);
      return {};
    }
    if (dry_run_) {
      (*session)->plan(results_, open);
      (*session)->quit();
      return {};
    }
    (*session)->send(message_, results_, open);
    (*session)->quit();
    for (const auto index : open) {
      if (results_[index].error && ends_the_run(*results_[index].error)) {
        return *results_[index].error;
      }
    }
    return {};
  }

  // No host had its say yet: the failure stands unless another host does
  // better. A refusing greeting counts as temporary while hosts are left, and
  // the worst temporary result is what is kept.
  void note_failure(const net::MailHost& host, Error error,
                    const Indices& open) {
    error.step =
        host.host + (error.step.empty() ? "" : ": " + error.step);
    for (const auto index : open) {
      auto& result = results_[index];
      ++result.attempts;
      const bool heard_before = result.reply.has_value();
      if (heard_before && result.outcome == Outcome::deferred) continue;
      result.error = error;
      result.outcome = Outcome::deferred;
    }
  }

  bool dry_run_;
  Connector& connector_;
  const OutgoingMessage& message_;
  std::vector<RecipientResult>& results_;
};

}  // namespace

Result<void> deliver_direct(const Invocation& invocation, Connector& connector,
                            const OutgoingMessage& message, std::uint16_t port,
                            std::vector<RecipientResult>& results) {
  for (const auto& group : group_by_domain(results)) {
    DirectDelivery delivery(invocation, connector, message, results);
    if (auto done = delivery.deliver(group, port); !done) return done;
  }
  // What no host took in charge is final as the last failure says.
  for (auto& result : results) {
    if (result.error && result.outcome == Outcome::deferred) {
      result.outcome = outcome_of(*result.error);
    }
  }
  return {};
}

}  // namespace mailtool::app
