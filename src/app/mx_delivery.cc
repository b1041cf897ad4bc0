#include "app/mx_delivery.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/mx_group_delivery.h"
#include "app/mx_grouping.h"
#include "app/mx_router.h"
#include "app/output.h"
#include "app/side_by_side.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {

struct MxDelivery::State {
  State(const Invocation& from, Connector& by, const MxOptions& how,
        SendProgress* told)
      : invocation(from),
        connector(by),
        options(how),
        progress(told),
        router(by, how) {}

  /// The groups of `results`. With `sender`, also says a word of a sender that
  /// takes no mail.
  Result<std::vector<MxGroup>> plan(const std::vector<RecipientResult>& results,
                                    const std::string* sender);
  void warn_of_sender(const std::string& sender);

  const Invocation& invocation;
  Connector& connector;
  MxOptions options;
  SendProgress* progress;
  MxRouter router;
  MxSessionPool pool;
  std::set<std::string> known_senders;  // their domains
};

namespace {

// The domains of the recipients, each once, and whose is whose. A recipient
// without one gets a group of its own, which holds the reason.
struct Domains {
  std::vector<std::string> names;
  std::vector<std::size_t> of_recipient;
  std::vector<MxGroup> without;
};

Domains domains_of(const std::vector<RecipientResult>& results) {
  Domains domains;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < results.size(); ++i) {
    auto domain = mail_domain(results[i].recipient);
    if (!domain) {
      domains.of_recipient.push_back(SIZE_MAX);
      domains.without.push_back({{i}, {}, {}, std::move(domain).error(), {}});
      continue;
    }
    const auto [at, is_new] = known.emplace(*domain, domains.names.size());
    if (is_new) domains.names.push_back(*std::move(domain));
    domains.of_recipient.push_back(at->second);
  }
  return domains;
}

}  // namespace

Result<std::vector<MxGroup>> MxDelivery::State::plan(
    const std::vector<RecipientResult>& results, const std::string* sender) {
  auto domains = domains_of(results);
  std::vector<MxRoute> routes(domains.names.size());
  // The sender is asked after along with the others, as the last.
  const auto tasks = domains.names.size() + (sender != nullptr ? 1 : 0);
  side_by_side(tasks, options.jobs, [&](std::size_t i) {
    if (i == domains.names.size()) return warn_of_sender(*sender);
    routes[i] = router.find(domains.names[i]);
  });
  for (const auto& route : routes) {
    if (route.error && route.error->kind == ErrorKind::interrupted) {
      return *route.error;
    }
  }
  auto groups = group_by_exchangers(domains.names, std::move(routes),
                                    domains.of_recipient);
  for (auto& one : domains.without) groups.push_back(std::move(one));
  return groups;
}

// RFC 7505 section 4.2: servers may refuse mail from a domain that takes none.
void MxDelivery::State::warn_of_sender(const std::string& sender) {
  if (sender.empty() || invocation.quiet()) return;
  const auto domain = mail_domain(sender);
  if (!domain || domain->starts_with('[')) return;
  if (!known_senders.insert(*domain).second) return;
  if (!router.takes_no_mail(*domain)) return;
  warn(invocation.command,
       "the sender's domain " + printable(*domain) +
           " takes no mail (null MX): servers may refuse the message, and no "
           "report of it can come back");
}

MxDelivery::MxDelivery(const Invocation& invocation, Connector& connector,
                       const MxOptions& options, SendProgress* progress)
    : state_(
          std::make_unique<State>(invocation, connector, options, progress)) {}
MxDelivery::~MxDelivery() = default;

Result<void> MxDelivery::deliver(const OutgoingMessage& message,
                                 std::vector<RecipientResult>& results,
                                 client::LastMessage last) {
  auto& state = *state_;
  auto groups = state.plan(results, &message.envelope_from);
  if (!groups) return std::move(groups).error();
  const MxGroupDelivery::Task task{message, results, last,
                                   state.invocation.dry_run(), state.progress};
  side_by_side(groups->size(), state.options.jobs, [&](std::size_t i) {
    MxGroupDelivery(state.connector, state.pool, task).run((*groups)[i]);
    state.connector.end_turn();
  });
  for (const auto& result : results) {
    if (result.error && result.error->kind == ErrorKind::interrupted) {
      return *result.error;
    }
  }
  if (last == client::LastMessage::yes) finish();
  return {};
}

Result<std::vector<MxGroup>> MxDelivery::explain(
    const std::vector<RecipientResult>& results) {
  return state_->plan(results, nullptr);
}

void MxDelivery::finish() { state_->pool.finish(); }

}  // namespace mailtool::app
