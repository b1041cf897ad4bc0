#include "app/queue_add.h"

#include <numeric>
#include <utility>

#include "app/moment.h"
#include "app/quantity.h"
#include "app/queue_outcome.h"
#include "app/queue_state.h"
#include "app/queue_way.h"
#include "app/sender_identity.h"
#include "app/user_folders.h"

namespace mailtool::app {
namespace {

using client::Outcome;

Result<std::int64_t> seconds_of(const std::string& text,
                                std::string_view option) {
  auto duration = parse_duration(text);
  if (!duration) return std::move(duration).error().at(option);
  return static_cast<std::int64_t>(duration->count());
}

Result<std::int64_t> earliest_try(const OptionValues& options, std::int64_t now) {
  if (const auto text = options.get("delay")) {
    auto delay = seconds_of(*text, "--delay");
    if (!delay) return delay;
    return now + *delay;
  }
  const auto text = options.get("at");
  if (!text) return std::int64_t{0};
  auto moment = parse_moment(*text, now);
  if (!moment) return std::move(moment).error().at("--at");
  if (*moment <= now) {
    return Error{ErrorKind::usage, "lies in the past", "--at " + *text};
  }
  return moment;
}

// Recipients whom a later try may reach.
std::vector<std::size_t> temporary(const std::vector<RecipientResult>& results) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto outcome = results[i].outcome;
    if (outcome == Outcome::deferred || outcome == Outcome::unknown) {
      chosen.push_back(i);
    }
  }
  return chosen;
}

}  // namespace

Result<std::string> queue_folder_path() {
  auto folder = user_state_folder();
  if (!folder) return folder;
  return *folder + "/queue";
}

Result<QueueWish> QueueWish::read(const OptionValues& options,
                                  std::int64_t now) {
  QueueWish wish;
  auto when = earliest_try(options, now);
  if (!when) return std::move(when).error();
  wish.not_before = *when;
  wish.always = options.has("queue") || wish.not_before != 0;
  wish.on_tempfail = options.has("queue-on-tempfail");
  if (const auto text = options.get("lifetime")) {
    auto lifetime = seconds_of(*text, "--lifetime");
    if (!lifetime) return std::move(lifetime).error();
    if (*lifetime == 0) {
      return Error{ErrorKind::usage, "must be at least 1s", "--lifetime"};
    }
    wish.lifetime = *lifetime;
  }
  return wish;
}

Result<std::unique_ptr<QueueingRoute>> QueueingRoute::make(
    const Invocation& invocation, const QueueWish& wish, SendRoute* inner) {
  auto path = queue_folder_path();
  if (!path) return std::move(path).error();
  auto folder = store::QueueFolder::open(std::move(*path));
  if (!folder) return std::move(folder).error();
  return std::unique_ptr<QueueingRoute>(
      new QueueingRoute(invocation, wish, inner, std::move(*folder)));
}

Result<void> QueueingRoute::deliver(const OutgoingMessage& message,
                                    std::vector<RecipientResult>& results,
                                    client::LastMessage last) {
  if (inner_ == nullptr) {
    std::vector<std::size_t> everybody(results.size());
    std::iota(everybody.begin(), everybody.end(), std::size_t{0});
    return add(message, results, everybody);
  }
  auto delivered = inner_->deliver(message, results, last);
  if (!delivered) {
    const auto& error = delivered.error();
    if (outcome_of(error) != Outcome::deferred ||
        error.kind == ErrorKind::interrupted) {
      return delivered;
    }
    for (auto& result : results) note_failure(error, result);
  }
  const auto left = temporary(results);
  return left.empty() ? Result<void>() : add(message, results, left);
}

Result<void> QueueingRoute::add(const OutgoingMessage& message,
                                std::vector<RecipientResult>& results,
                                const std::vector<std::size_t>& chosen) {
  if (invocation_.dry_run()) {
    for (const auto index : chosen) results[index].planned = true;
    return {};
  }
  QueueState state;
  state.queued_at = local_now().seconds;
  state.not_before = wish_.not_before;
  state.lifetime = wish_.lifetime;
  state.sender = message.envelope_from;
  state.message_id = message.message_id;
  state.subject = message.subject;
  state.body = message.content->needs();
  state.smtputf8 = message.needs_smtputf8;
  state.notify = message.dsn.notify;
  state.ret = message.dsn.ret;
  state.envelope_id = message.dsn.envelope_id;
  if (auto noted = note_way(invocation_, state); !noted) return noted;
  for (const auto index : chosen) {
    auto& recipient = state.recipients.emplace_back();
    recipient.address = results[index].recipient;
    if (inner_ != nullptr) {
      note_attempt(results[index], state.queued_at, recipient, state);
    }
  }

  auto addition = folder_.add();
  if (!addition) return std::move(addition).error();
  const auto source = message.content->source();
  if (auto copied = copy_all(*source, *addition); !copied) return copied;
  if (auto done = addition->commit(to_toml(state)); !done) return done;
  for (const auto index : chosen) results[index].queue_id = addition->id();
  return {};
}

void QueueingRoute::finish() {
  if (inner_ != nullptr) inner_->finish();
}

}  // namespace mailtool::app
