#include "app/imap_watch_session.h"

#include <algorithm>
#include <utility>

#include "app/imap_alert.h"
#include "app/signals.h"

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

// How often a wait looks whether the system was suspended.
constexpr milliseconds kLook{60'000};
// How long after a change the folders that are not open are asked about again.
constexpr milliseconds kRecheck{5000};
// Responses that are heard before what they mean is asked for.
constexpr int kMostAtOnce = 10'000;

Error interrupted() { return Error{ErrorKind::interrupted, "interrupted"}; }

}  // namespace

Result<void> WatchSession::run() {
  client_.listen([this](const imap::Response& data) { hear(data); });
  changed_.assign(folders_.size(), false);
  counts_.assign(folders_.size(), Counts{});
  // With this each change of a flag has a number, by which to catch up. It goes
  // in the flight of what follows.
  auto enabling = client_.begin_enable("CONDSTORE");
  if (!enabling) return std::move(enabling).error();
  auto entered = ask_for_notices();
  if (entered) entered = enter_all();
  if (!entered) return entered;
  if (*enabling) {
    auto enabled = client_.finish_enable(**enabling);
    if (!enabled) return std::move(enabled).error();
  }
  if (report_.done()) return {};
  settled_ = true;
  if (auto checked = check_those_left(); !checked) return checked;
  if (folders_.size() > 1) recheck_at_ = Clock::now() + kRecheck;
  if (auto settled = settle(); !settled) return settled;
  while (!report_.done()) {
    auto waited = idles_ ? idle() : poll();
    if (!waited) return waited;
    if (auto settled = settle(); !settled) return settled;
  }
  return {};
}

Result<void> WatchSession::enter_all() {
  for (auto* folder : folders_) {
    if (auto entered = enter(*folder); !entered) return entered;
    if (report_.done()) break;
  }
  return {};
}

// Again whenever IDLE is renewed: a server for which it was too much at a time
// has stopped to tell (RFC 5465 section 5.8).
Result<void> WatchSession::ask_for_notices() {
  if (folders_.size() == 1) return {};
  std::vector<imap::MailboxName> names;
  for (const auto* folder : folders_) names.push_back(folder->mailbox());
  return client_.notify(names);
}

void WatchSession::hear(const imap::Response& data) {
  heard_at_ = Clock::now();
  show_alert(data);
  const auto* status = std::get_if<imap::StatusData>(&data);
  if (status == nullptr) {
    if (current_ != nullptr) current_->hear(data);
    return;
  }
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    if (folders_[i]->mailbox().wire == status->mailbox.wire) changed_[i] = true;
  }
}

Result<void> WatchSession::enter(WatchedFolder& folder) {
  current_ = &folder;
  const auto at = std::find(folders_.begin(), folders_.end(), &folder);
  changed_[static_cast<std::size_t>(at - folders_.begin())] = false;
  return folder.enter(client_);
}

Result<void> WatchSession::settle() {
  if (report_.done()) return {};
  if (auto settled = current_->settle(client_); !settled) return settled;
  if (recheck_at_ && *recheck_at_ <= Clock::now()) {
    if (auto checked = check_those_left(); !checked) return checked;
  }
  if (auto entered = enter_changed(); !entered) return entered;
  return retry();
}

Result<void> WatchSession::enter_changed() {
  bool left = false;
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    if (!changed_[i] || report_.done()) continue;
    left = left || folders_[i] != current_;
    if (auto entered = enter(*folders_[i]); !entered) return entered;
  }
  if (!left) return {};
  auto checked = check_those_left();
  recheck_at_ = Clock::now() + kRecheck;
  return checked;
}

// What happened in a folder between its last answer and its being left is told
// by nobody, and servers pass over what happens while they answer STATUS.
Result<void> WatchSession::check_those_left() {
  recheck_at_.reset();
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    if (folders_[i] == current_ || report_.done()) continue;
    auto status = client_.status(folders_[i]->mailbox());
    if (!status) return std::move(status).error();
    // Where the folder is never as STATUS has it, it is looked into once.
    const Counts counts{status->messages, status->uidnext, status->uidvalidity};
    const bool news = std::exchange(counts_[i], counts) != counts;
    changed_[i] = changed_[i] || (news && folders_[i]->differs(*status));
  }
  return {};
}

Result<void> WatchSession::retry() {
  for (auto* folder : folders_) {
    if (report_.done()) break;
    if (auto ran = folder->retry(Clock::now()); !ran) return ran;
  }
  return {};
}

bool WatchSession::something_to_do() const {
  return report_.done() || current_->unsettled() ||
         std::find(changed_.begin(), changed_.end(), true) != changed_.end();
}

WatchSession::Clock::time_point WatchSession::next_look(
    Clock::time_point until) const {
  auto look = std::min(until, Clock::now() + kLook);
  if (recheck_at_) look = std::min(look, *recheck_at_);
  for (const auto* folder : folders_) {
    if (const auto due = folder->retry_due()) look = std::min(look, *due);
  }
  return look;
}

// One IDLE, until there is something to ask for or it is to be renewed.
Result<void> WatchSession::idle() {
  if (something_to_do()) return {};
  if (auto begun = client_.begin_idle(); !begun) {
    // Refused, though offered: the session goes on without, if it does.
    const auto kind = begun.error().kind;
    if (kind != ErrorKind::unsupported && kind != ErrorKind::rejected &&
        kind != ErrorKind::protocol) {
      return begun;
    }
    idles_ = false;
    return client_.noop();
  }
  heard_at_ = Clock::now();
  const auto silence = [&] {
    return std::chrono::duration_cast<milliseconds>(Clock::now() - heard_at_);
  };
  auto done = idle_on(Clock::now() + renewal_.after());
  const auto quiet = silence();
  if (done) done = client_.end_idle();
  if (done && quiet >= kLook) {
    done = ask_for_notices();
    if (folders_.size() > 1) recheck_at_ = Clock::now();
  }
  // A connection that is found dead was dropped for having been idle.
  if (!done && (done.error().kind == ErrorKind::disconnected ||
                done.error().kind == ErrorKind::timed_out)) {
    renewal_.dropped_after(quiet);
  }
  return done;
}

// Until IDLE is to be ended.
Result<void> WatchSession::idle_on(Clock::time_point until) {
  int at_once = 0;
  while (true) {
    const auto look = next_look(until);
    // What has come together is heard together.
    const bool more = at_once > 0 && at_once < kMostAtOnce;
    const auto wait = std::chrono::ceil<milliseconds>(look - Clock::now());
    if (!more) connector_.end_turn();
    const auto came =
        client_.idle(more ? milliseconds(0) : std::max(wait, milliseconds(0)));
    if (!came) return came.error();
    if (*came == client::ImapClient::Idle::ended) return {};
    if (*came == client::ImapClient::Idle::response) {
      if (++at_once < kMostAtOnce) continue;
    }
    if (auto told = current_->tell_heard(); !told) return told.error();
    if (at_once >= kMostAtOnce || something_to_do()) return {};
    if (std::exchange(at_once, 0) > 0) continue;
    const auto now = Clock::now();
    if (now >= until || suspended_.slept() > kLook) return {};
    if (recheck_at_ && *recheck_at_ <= now) return {};
    for (auto* folder : folders_) {
      const auto due = folder->retry_due();
      if (due && *due <= now) return {};
    }
  }
}

// A server without IDLE tells when it is asked.
Result<void> WatchSession::poll() {
  connector_.end_turn();
  const auto look = std::min(poll_at_, next_look(poll_at_));
  const auto wait = std::chrono::ceil<milliseconds>(look - Clock::now());
  if (!pause_for(std::max(wait, milliseconds(0)))) return interrupted();
  if (Clock::now() < poll_at_) return {};
  poll_at_ = Clock::now() + options_.interval;
  return client_.noop();
}

}  // namespace mailtool::app
