#include "app/mx_router.h"

#include <algorithm>
#include <utility>

#include "app/mx_dane.h"
#include "app/side_by_side.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/http_get.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMostKnown = 10'000;
constexpr unsigned kMostHosts = net::kMailAddresses;
// Connecting, the handshake, and the document: a minute for the three.
constexpr std::chrono::milliseconds kStsBudget{20'000};
constexpr std::string_view kStsPath = "/.well-known/mta-sts.txt";

// RFC 8461 section 3.3: status 200, text/plain, and no redirect.
Result<std::string> fetch_policy(Connector& connector,
                                 const std::string& domain) {
  const auto host = "mta-sts." + domain;
  const auto step = "https://" + host + std::string(kStsPath);
  const auto budget = std::min(kStsBudget, connector.timeout());
  auto stream = connector.open_https(host, budget);
  if (!stream) return std::move(stream).error().at(step);
  client::HttpLimits limits;
  limits.body_octets = smtp::kMaxMtaStsOctets;
  limits.budget = budget;
  auto response = client::http_get(**stream, host, kStsPath, limits);
  if (!response) return std::move(response).error().at(step);
  if (response->status != 200) {
    return Error{ErrorKind::protocol,
                 "status " + std::to_string(response->status) + ", not 200",
                 step};
  }
  if (response->content_type != "text/plain") {
    return Error{ErrorKind::protocol,
                 "not text/plain: " + printable(response->content_type, 100),
                 step};
  }
  return std::move(response->body);
}

StsPolicies::Outside outside_of(Connector& connector) {
  StsPolicies::Outside outside;
  outside.txt =
      [&connector](
          const std::string& owner) -> Result<std::vector<std::string>> {
    auto found = connector.resolver().txt(owner);
    if (!found) return std::move(found).error();
    std::vector<std::string> texts;
    for (auto& record : found->records) texts.push_back(std::move(record.text));
    return texts;
  };
  outside.fetch = [&connector](const std::string& domain) {
    return fetch_policy(connector, domain);
  };
  outside.now = [] {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  outside.note = [&connector](std::string_view text) { connector.note(text); };
  return outside;
}

Error skipped(const MxHost& host, std::string what) {
  return Error{ErrorKind::deferred, std::move(what), host.name};
}

std::string text_of(const StsFinding& sts, const std::string& domain) {
  const bool enforced = sts.policy.mode == smtp::MtaStsPolicy::Mode::enforce;
  return std::string("MTA-STS policy of ") + domain +
         (enforced ? " (enforce" : " (testing") + ", id " + sts.id + ", " +
         sts.origin + ")";
}

}  // namespace

MxRouter::MxRouter(Connector& connector, const MxOptions& options)
    : connector_(connector),
      options_(options),
      trusted_(options.dane && connector.resolver().trusted()),
      sts_(outside_of(connector), StsCache(StsCache::default_folder())) {}

// With --tls off nothing is encrypted, and a pin says already who is trusted.
bool MxRouter::follows_policies() const {
  return connector_.tls_mode(TlsMode::opportunistic) != TlsMode::off &&
         connector_.tls_policy().pins.empty();
}

MxTls MxRouter::by_options() const {
  MxTls tls{MxTlsRule::opportunistic, "no policy asks for more",
            connector_.tls_policy()};
  const auto mode = connector_.tls_mode(TlsMode::opportunistic);
  const bool pinned = !tls.policy.pins.empty();
  if (mode == TlsMode::off) {
    tls.rule = MxTlsRule::off;
    tls.why = "--tls off";
  } else if (mode == TlsMode::required) {
    tls.rule = MxTlsRule::required;
    tls.why = "--tls required";
  } else if (pinned) {
    tls.rule = MxTlsRule::required;
    tls.why = "--tls-pin";
  }
  // The names in MX records come from DNS that nobody vouches for: without a
  // wish of the user there is nothing to prove, only to encrypt.
  tls.policy.verify = tls.rule == MxTlsRule::required;
  return tls;
}

void MxRouter::apply_dane(const net::MailHost& found, const std::string& domain,
                          MxHost& host) const {
  auto dane = find_dane(connector_.resolver(), found, options_.port);
  switch (dane.state) {
    case DaneFinding::State::none: return;
    case DaneFinding::State::unknown:
      // RFC 7672 section 2.1.2: an attacker could make the look-up fail.
      host.skipped = skipped(
          host, "whether DANE protects it cannot be told: " + dane.error->what);
      return;
    case DaneFinding::State::unusable:
      if (host.tls.rule == MxTlsRule::required) return;
      host.tls.rule = MxTlsRule::dane_unusable;
      host.tls.why = "no usable TLSA record at " + dane.owner;
      return;
    case DaneFinding::State::usable: break;
  }
  host.tls.rule = MxTlsRule::dane;
  host.tls.why = std::to_string(dane.associations.size()) + " TLSA record" +
                 (dane.associations.size() > 1 ? "s" : "") + " at " +
                 dane.owner;
  host.tls.policy.verify = true;
  host.tls.policy.name = dane.base;
  host.tls.policy.associations = std::move(dane.associations);
  // RFC 7672 section 3.2.2: the certificate may name the domain as well.
  for (const auto& name : {found.host, domain, found.domain}) {
    auto& names = host.tls.policy.more_names;
    if (name.empty() || name == dane.base ||
        std::find(names.begin(), names.end(), name) != names.end()) {
      continue;
    }
    names.push_back(name);
  }
}

// RFC 8461 section 2: DANE comes first where a host has it.
void MxRouter::apply_sts(const std::string& domain,
                         const std::optional<std::string>& announced,
                         MxRoute& route) {
  const auto by_dane = [](const MxHost& host) {
    return host.tls.rule == MxTlsRule::dane;
  };
  if (std::all_of(route.hosts.begin(), route.hosts.end(), by_dane)) return;
  const auto sts = sts_.find(domain, announced);
  if (!sts) return;
  const bool enforced = sts->policy.mode == smtp::MtaStsPolicy::Mode::enforce;
  const auto why = text_of(*sts, domain);
  for (auto& host : route.hosts) {
    if (by_dane(host) || host.skipped) continue;
    if (!sts->policy.names(host.name)) {
      if (enforced) {
        host.skipped = skipped(host, "the " + why + " does not name it");
        continue;
      }
      route.notes.push_back("the " + why + " does not name " + host.name +
                            ": with enforce it would get no mail");
    }
    if (!enforced && host.tls.rule != MxTlsRule::opportunistic) continue;
    host.tls.rule = enforced ? MxTlsRule::sts : MxTlsRule::testing;
    host.tls.why = why;
    host.tls.policy.verify = true;
    host.tls.policy.name = host.name;
  }
}

MxRoute MxRouter::look_up(const std::string& domain) {
  const auto known = options_.servers.find(domain);
  if (known != options_.servers.end()) {
    const auto& at = known->second;
    return {{{at.address.to_string(), 0, {at}, by_options(), {}}}, {}, {}};
  }
  const bool by_policies = !domain.starts_with('[') && follows_policies();
  const bool by_sts = by_policies && options_.mta_sts;
  // Asked side by side: a round trip to the name server is saved.
  std::optional<Result<std::vector<net::MailHost>>> found;
  std::optional<std::string> announced;
  side_by_side(by_sts ? 2 : 1, 2, [&](std::size_t i) {
    if (i == 0) found = connector_.route(domain, options_.port);
    if (i == 1) announced = sts_.announced_id(domain);
  });
  MxRoute route;
  if (!*found) {
    route.error = found->error();
    return route;
  }
  for (const auto& one : **found) {
    MxHost host{one.host, one.preference, one.endpoints, by_options(), {}};
    if (one.unresolved) host.skipped = Error(*one.unresolved).at(one.host);
    route.hosts.push_back(std::move(host));
  }
  if (by_policies && trusted_) {
    side_by_side(route.hosts.size(), kMostHosts, [&](std::size_t i) {
      if (route.hosts[i].skipped) return;
      apply_dane((**found)[i], domain, route.hosts[i]);
    });
  }
  if (by_sts) apply_sts(domain, announced, route);
  return route;
}

MxRoute MxRouter::find(const std::string& domain) {
  const auto now = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    const auto at = known_.find(domain);
    if (at != known_.end() && now - at->second.found < kKept) {
      return at->second.route;
    }
  }
  auto route = look_up(domain);
  // What failed is asked for again, message by message.
  if (route.error) return route;
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  known_[domain] = {route, now};
  return route;
}

bool MxRouter::takes_no_mail(const std::string& domain) const {
  if (options_.servers.contains(domain)) return false;
  const auto mx = connector_.resolver().mx(domain);
  return mx && mx->records.size() == 1 && mx->records[0].host.empty();
}

}  // namespace mailtool::app
