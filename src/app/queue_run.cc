#include "app/queue_run.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <set>

#include "app/queue_add.h"
#include "app/queue_notice.h"
#include "app/queue_schedule.h"
#include "app/queue_served_way.h"
#include "app/queue_unit.h"
#include "app/queue_way.h"
#include "app/sender_identity.h"
#include "app/side_by_side.h"
#include "app/signals.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr unsigned kJobs = 4;
constexpr unsigned kMostJobs = 64;
// A watch looks again after this long, whatever happens.
constexpr std::int64_t kWatchPause = 15 * 60;
// And after this long where another process holds a message: the first time, and
// at most.
constexpr std::chrono::milliseconds kSoonest{10};
constexpr std::chrono::milliseconds kLatest{1000};

struct Work {
  const Result<QueueWay>* way = nullptr;
  std::vector<std::string> ids;
};

// The domains of those who wait, sorted: what makes direct deliveries alike.
std::string domains_of(const QueueState& state) {
  std::set<std::string> domains;
  for (const auto& recipient : state.recipients) {
    if (recipient.outcome != QueueOutcome::waiting) continue;
    const auto at = recipient.address.rfind('@');
    domains.insert(lower(recipient.address.substr(at + 1)));
  }
  std::string key;
  for (const auto& domain : domains) key += domain + ' ';
  return key;
}

class QueueRun {
 public:
  QueueRun(const Invocation& invocation, const store::QueueFolder& folder,
           std::vector<std::string> named, unsigned jobs,
           QueueRunReport& report)
      : invocation_(invocation),
        folder_(folder),
        named_(std::move(named)),
        jobs_(jobs),
        report_(report) {}

  // Fails with interrupted, and when the folder cannot be read.
  Result<void> once() {
    folder_.clean();
    // Each time by the configuration of that time.
    ways_.clear();
    served_ = read_served_way(folder_);
    auto ids = named_.empty() ? folder_.ids()
                              : Result<std::vector<std::string>>(named_);
    if (!ids) return std::move(ids).error();
    next_.reset();
    const auto now = local_now().seconds;
    for (const auto& id : *ids) sort_in(id, now);
    std::vector<Work> work;
    for (auto& [key, one] : work_) work.push_back(std::move(one));
    work_.clear();
    std::atomic<bool> interrupted = false;
    std::atomic<bool> met_others = false;
    side_by_side(work.size(), jobs_, [&](std::size_t i) {
      QueueUnit unit(folder_, *work[i].way, !named_.empty(), report_);
      if (!unit.run(work[i].ids)) interrupted = true;
      if (unit.met_others()) met_others = true;
    });
    met_others_ = met_others;
    if (!interrupted) return {};
    return Error{ErrorKind::interrupted, "stopped by a signal"};
  }

  // When something is due next, of what was not due; seconds since 1970.
  [[nodiscard]] std::optional<std::int64_t> next() const { return next_; }
  // Another process held a message that is due.
  [[nodiscard]] bool met_others() const { return met_others_; }

 private:
  void sort_in(const std::string& id, std::int64_t now) {
    auto state = read_state_or_set_aside(folder_, id, report_);
    if (!state) {
      if (!named_.empty()) tell_unknown(id);
      return;
    }
    if (served_) due_by_new_way(*state, served_->since);
    if (named_.empty() && !due(*state, now)) {
      const auto when = state->held ? std::nullopt : state->next_try();
      if (when) next_ = next_ ? std::min(*next_, *when) : *when;
      return;
    }
    const auto& way = way_of(*state);
    auto key = way_key(*state);
    // Who is there is told, and can mend it: that was no try.
    if (!way && !named_.empty() && !state->finished()) {
      if (told_.insert(key).second) report_.failed(way.error());
      return;
    }
    if (way && !way->url) key += '\n' + domains_of(*state);
    auto& work = work_[key];
    work.way = &way;
    work.ids.push_back(id);
  }

  [[nodiscard]] static bool due(const QueueState& state, std::int64_t now) {
    if (state.held) return false;
    if (!notices_due(state, now).empty() || state.finished()) return true;
    return std::any_of(
        state.recipients.begin(), state.recipients.end(),
        [&](const auto& recipient) { return is_due(state, recipient, now); });
  }

  const Result<QueueWay>& way_of(const QueueState& state) {
    const auto key = way_key(state);
    auto known = ways_.find(key);
    if (known == ways_.end()) {
      known = ways_.emplace(key, resolve_way(invocation_, state, served_))
                  .first;
    }
    return known->second;
  }

  void tell_unknown(const std::string& id) {
    report_.failed(
        Error{ErrorKind::no_input, "no such message in the queue", printable(id)});
  }

  const Invocation& invocation_;
  const store::QueueFolder& folder_;
  std::vector<std::string> named_;
  unsigned jobs_;
  QueueRunReport& report_;
  Result<ServedWay> served_ = ServedWay{};
  std::map<std::string, Result<QueueWay>> ways_;
  std::set<std::string> told_;  // keys of ways that lead nowhere
  std::map<std::string, Work> work_;
  std::optional<std::int64_t> next_;
  bool met_others_ = false;
};

Result<unsigned> jobs_of(const OptionValues& options) {
  const auto text = options.get("jobs");
  if (!text) return kJobs;
  const auto jobs = parse_number(*text, kMostJobs);
  if (jobs && *jobs > 0) return static_cast<unsigned>(*jobs);
  return Error{ErrorKind::usage, "wants a number from 1 to 64", "--jobs"};
}

// How long nothing is to be done that is known of.
std::chrono::milliseconds pause_until(std::optional<std::int64_t> time) {
  const auto now = local_now().seconds;
  return std::chrono::seconds(
      time ? std::clamp<std::int64_t>(*time - now, 1, kWatchPause)
           : kWatchPause);
}

// Waits so long, or until a state is put into the folder, or a signal.
Result<void> wait_for_work(int watch, std::chrono::milliseconds pause) {
  pollfd doors[] = {{interrupt_fd(), POLLIN, 0}, {watch, POLLIN, 0}};
  (void)::poll(doors, watch >= 0 ? 2 : 1, static_cast<int>(pause.count()));
  if (caught_signal() != 0) {
    return Error{ErrorKind::interrupted, "stopped by a signal"};
  }
  if (watch >= 0 && (doors[1].revents & POLLIN) != 0) {
    alignas(inotify_event) std::array<char, 4096> events;
    while (::read(watch, events.data(), events.size()) > 0) {
    }
  }
  return {};
}

Result<void> watch(QueueRun& run, const store::QueueFolder& folder) {
  const int notify = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (notify >= 0) {
    (void)::inotify_add_watch(notify, folder.path().c_str(), IN_MOVED_TO);
  }
  auto soon = kSoonest;
  for (;;) {
    auto done = run.once();
    auto pause = pause_until(run.next());
    // Who adds a message holds it a moment longer than it can be seen; who sends
    // one, for as long as that takes.
    if (run.met_others()) {
      pause = std::min(pause, soon);
      soon = std::min(2 * soon, kLatest);
    } else {
      soon = kSoonest;
    }
    if (done) done = wait_for_work(notify, pause);
    if (done) continue;
    if (notify >= 0) ::close(notify);
    return done;
  }
}

}  // namespace

Result<ExitStatus> run_queue(const Invocation& invocation, Output& out) {
  auto path = queue_folder_path();
  if (!path) return std::move(path).error();
  auto folder = store::QueueFolder::open(std::move(*path));
  if (!folder) return std::move(folder).error();
  auto jobs = jobs_of(invocation.options);
  if (!jobs) return std::move(jobs).error();

  QueueRunReport report(invocation, out);
  const bool named = !invocation.arguments.empty();
  QueueRun run(invocation, *folder, invocation.arguments, *jobs, report);
  auto done = invocation.options.has("watch") ? watch(run, *folder) : run.once();
  if (!done && done.error().kind == ErrorKind::interrupted) {
    return std::move(done).error();
  }
  if (!done) report.failed(done.error());
  return report.finish(named);
}

}  // namespace mailtool::app
