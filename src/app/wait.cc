// mailtool wait: the next message to somebody, as soon as it is there.

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>
#include <variant>

#include "app/commands.h"
#include "app/imap_session.h"
#include "app/imap_uid_chunks.h"
#include "app/imap_watch_pace.h"
#include "app/quantity.h"
#include "app/reader_gone.h"
#include "app/signals.h"
#include "app/wait_address.h"
#include "app/wait_message.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::string_view kUsualTimeout = "60s";
constexpr std::uint64_t kAtOnce = 100;         // headers in one flight
constexpr milliseconds kInterval{1000};        // without IDLE
constexpr milliseconds kMostPause{50};         // between claims to one message

bool is_seen(const imap::FetchData& message) {
  if (!message.flags) return false;
  return std::any_of(message.flags->begin(), message.flags->end(),
                     [](const auto& one) { return iequals(one, "\\Seen"); });
}

class Waiter {
 public:
  Waiter(const Invocation& invocation, ImapSession& session,
         WaitAddress address, Clock::time_point until)
      : invocation_(invocation),
        client_(session.client()),
        address_(std::move(address)),
        until_(until) {}
  ~Waiter() { client_.listen(nullptr); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  Result<void> open(const imap::MailboxName& folder);
  // Fails with timed_out once it is too late.
  Result<void> run(Output& out);

 private:
  enum class Outcome : std::uint8_t { printed, lost };
  Result<imap::FetchData> next();
  Result<Outcome> take(WaitMessage& message, Output& out);
  Result<bool> claim(std::uint32_t uid, std::uint64_t modseq);
  Result<std::uint64_t> modseq_if_unseen(std::uint32_t uid);
  Result<void> print(WaitMessage& message, Output& out,
                     const std::function<void()>& put_back);
  Result<void> mark(std::uint32_t uid, bool seen);
  Result<std::optional<imap::FetchData>> look();
  Result<std::optional<imap::FetchData>> first_of(
      const imap::SequenceSet& uids);
  Result<void> wait_for_news();
  void hear(const imap::Response& data);
  [[nodiscard]] milliseconds left() const {
    return std::max(std::chrono::ceil<milliseconds>(until_ - Clock::now()),
                    milliseconds(0));
  }

  const Invocation& invocation_;
  client::ImapClient& client_;
  WaitAddress address_;
  Clock::time_point until_;
  bool claims_ = false;     // the server knows who was the first
  std::uint32_t next_ = 1;  // no message below is the one
  bool news_ = false;
  std::uint32_t unread_again_ = UINT32_MAX;  // from there on, since the last look
};

// unseen, to the address, and not looked at since it became so
Result<std::optional<imap::FetchData>> Waiter::look() {
  next_ = std::min(next_, std::exchange(unread_again_, UINT32_MAX));
  imap::SearchKey key;
  key.kind = imap::SearchKey::Kind::both;
  key.children.resize(2);
  key.children[0].kind = imap::SearchKey::Kind::uid;
  key.children[0].set = imap::SequenceSet({{next_, UINT32_MAX}});
  key.children[1].kind = imap::SearchKey::Kind::word;
  key.children[1].name = "UNSEEN";
  if (auto who = address_.search_key();
      who.kind != imap::SearchKey::Kind::all) {
    key.children.push_back(std::move(who));
  }
  auto found = client_.search(key);
  if (!found) return std::move(found).error();
  UidChunks chunks(std::move(found->uids));
  // Most often the first of them is the one.
  for (std::uint64_t most = 1; !chunks.empty(); most = kAtOnce) {
    auto first = first_of(chunks.next(most));
    if (!first || *first) return first;
  }
  return std::optional<imap::FetchData>();
}

Result<std::optional<imap::FetchData>> Waiter::first_of(
    const imap::SequenceSet& uids) {
  client::FetchItems items;
  items.envelope = items.size = items.internal_date = true;
  items.modseq = claims_;
  items.body_structure = invocation_.json();
  items.header_fields.assign(std::begin(WaitAddress::kFields),
                             std::end(WaitAddress::kFields));
  std::optional<imap::FetchData> first;
  auto done =
      client_.fetch(uids, items, [&](imap::FetchData& message) -> Result<void> {
        const bool header =
            !message.sections.empty() && message.sections[0].octets;
        const auto uid = message.uid.value_or(0);
        // Another may have claimed it since it was found.
        if (!header || uid < next_ || is_seen(message) ||
            !address_.is_in(*message.sections[0].octets)) {
          return {};
        }
        if (!first || uid < *first->uid) first = std::move(message);
        return {};
      });
  if (!done) return std::move(done).error();
  const auto last = first ? *first->uid - 1 : uids.ranges().back().last;
  if (last < UINT32_MAX) next_ = std::max(next_, last + 1);
  return first;
}

Result<void> Waiter::wait_for_news() {
  auto idles = client_.offers("IDLE");
  if (!idles) return std::move(idles).error();
  if (!*idles) {
    if (!pause_for(std::min(left(), kInterval)) && caught_signal() != 0) {
      return Error{ErrorKind::interrupted, "interrupted"};
    }
    // What there is now is looked for, whether it is told of or not.
    news_ = true;
    return client_.noop();
  }
  if (auto begun = client_.begin_idle(); !begun) return begun;
  const auto renewal = Clock::now() + IdleRenewal::kMost;
  for (auto now = Clock::now(); !news_ && now < std::min(until_, renewal);
       now = Clock::now()) {
    const auto came = client_.idle(
        std::chrono::ceil<milliseconds>(std::min(until_, renewal) - now));
    if (!came) return came.error();
    if (*came == client::ImapClient::Idle::ended) break;
  }
  return client_.end_idle();
}

// What another has put back is for whoever waits, wherever it stands. Not all
// servers say in this which message it is.
void Waiter::hear(const imap::Response& data) {
  news_ = news_ || std::holds_alternative<imap::ExistsData>(data);
  const auto* message = std::get_if<imap::FetchData>(&data);
  if (message == nullptr || !message->flags || is_seen(*message)) return;
  news_ = true;
  unread_again_ = std::min(unread_again_, message->uid.value_or(1));
}

Result<void> Waiter::open(const imap::MailboxName& folder) {
  client_.listen([this](const imap::Response& data) { hear(data); });
  auto offered = client_.offers("CONDSTORE");
  if (!offered) return std::move(offered).error();
  // Some servers begin to count when they are told that it is wanted.
  auto enabling = client_.begin_enable("CONDSTORE");
  if (!enabling) return std::move(enabling).error();
  auto opened = client_.select(folder, invocation_.dry_run());
  if (!opened) return std::move(opened).error();
  if (*enabling) {
    auto enabled = client_.finish_enable(**enabling);
    if (!enabled) return std::move(enabled).error();
  }
  claims_ = *offered && opened->highest_modseq;
  return {};
}

Result<imap::FetchData> Waiter::next() {
  while (true) {
    news_ = false;
    auto message = look();
    if (!message) return std::move(message).error();
    if (*message) return **std::move(message);
    while (!news_) {
      if (left().count() == 0) return Error{ErrorKind::timed_out, "too late"};
      if (auto waited = wait_for_news(); !waited) {
        return std::move(waited).error();
      }
    }
  }
}

Result<void> Waiter::run(Output& out) {
  while (left().count() > 0) {
    auto found = next();
    if (!found) return std::move(found).error();
    WaitMessage message(invocation_, client_, *std::move(found));
    auto outcome = take(message, out);
    if (!outcome) return std::move(outcome).error();
    if (*outcome == Outcome::printed) return {};
  }
  return Error{ErrorKind::timed_out, "too late"};
}

Result<Waiter::Outcome> Waiter::take(WaitMessage& message, Output& out) {
  if (auto fetched = message.fetch(); !fetched) {
    if (fetched.error().kind != ErrorKind::no_such_item) {
      return std::move(fetched).error();
    }
    next_ = message.uid() + 1;
    return Outcome::lost;
  }
  const bool claims = claims_ && message.modseq() > 0 && !invocation_.dry_run();
  if (claims) {
    auto claimed = claim(message.uid(), message.modseq());
    if (!claimed) return std::move(claimed).error();
    if (!*claimed) return Outcome::lost;
  }
  // Nobody has what could not be printed: it is for the next.
  const auto put_back = [&] {
    if (claims) (void)mark(message.uid(), false);
  };
  if (auto told = print(message, out, put_back); !told) {
    put_back();
    return std::move(told).error();
  }
  // Unclaimed, once it is told of: it may be had again rather than be lost.
  if (claims || invocation_.dry_run()) return Outcome::printed;
  if (auto marked = mark(message.uid(), true); !marked) {
    return std::move(marked).error();
  }
  return Outcome::printed;
}

// Of several that wait, the first to claim a message prints it. One of which
// something else was changed is claimed again, at once behind the question for
// its mod-sequence: however often others change it, little fits between the two.
Result<bool> Waiter::claim(std::uint32_t uid, std::uint64_t modseq) {
  milliseconds pause{0};
  while (modseq > 0) {
    auto claimed = client_.claim_unseen(uid, modseq);
    if (!claimed || *claimed) return claimed;
    if (left().count() == 0) return false;
    if (!pause_for(std::min(left(), pause)) && caught_signal() != 0) {
      return Error{ErrorKind::interrupted, "interrupted"};
    }
    auto now = modseq_if_unseen(uid);
    if (!now) return std::move(now).error();
    modseq = *now;
    pause = std::min(pause + milliseconds(1), kMostPause);
  }
  return false;
}

// 0: another has it, or it is gone.
Result<std::uint64_t> Waiter::modseq_if_unseen(std::uint32_t uid) {
  client::FetchItems items;
  items.modseq = true;
  std::uint64_t modseq = 0;
  auto done = client_.fetch(
      imap::SequenceSet({{uid, uid}}), items,
      [&](imap::FetchData& message) -> Result<void> {
        const bool is_it = message.uid == uid && message.flags &&
                           !is_seen(message);
        if (is_it) modseq = message.modseq.value_or(0);
        return {};
      });
  if (!done) return std::move(done).error();
  return modseq;
}

// Where the reader has gone the program ends in here.
Result<void> Waiter::print(WaitMessage& message, Output& out,
                           const std::function<void()>& put_back) {
  const ReaderGone first(put_back);
  auto told = message.print(out);
  return told ? out.flush() : told;
}

Result<void> Waiter::mark(std::uint32_t uid, bool seen) {
  client::ImapChange change;
  change.kind = client::ImapChange::Kind::flags;
  (seen ? change.add : change.remove) = {"\\Seen"};
  auto report = client_.change(change, imap::SequenceSet({{uid, uid}}));
  if (!report.whole()) return std::move(*report.stopped_by);
  return {};
}

// All of it, the log-in too, within --timeout.
Result<std::chrono::seconds> limit(Invocation& invocation) {
  auto& options = invocation.options;
  auto whole = parse_duration(options.get_or("timeout", kUsualTimeout));
  if (!whole) return std::move(whole).error().at("--timeout");
  if (const auto deadline = options.get("deadline")) {
    auto other = parse_duration(*deadline);
    if (!other) return std::move(other).error().at("--deadline");
    whole = std::min(*whole, *other);
  }
  if (whole->count() == 0) {
    return Error{ErrorKind::usage, "must be at least 1s", "--timeout"};
  }
  // Elsewhere this is the longest silence of a server.
  options.set("timeout", {std::string(kUsualTimeout), "default"});
  options.set("deadline", {std::to_string(whole->count()), "--timeout"});
  return whole;
}

Result<ExitStatus> wait_for(const Invocation& invocation,
                            const WaitAddress& address, Clock::time_point until,
                            Output& out) {
  auto session = ImapSession::connect(invocation);
  if (!session) return std::move(session).error();
  auto folder =
      (*session)->folder(invocation.options.get_or("folder", "INBOX"));
  if (!folder) return std::move(folder).error();
  Waiter waiter(invocation, **session, address, until);
  auto done = waiter.open(*folder);
  if (done) done = waiter.run(out);
  if (!done) return (*session)->at_server(std::move(done).error());
  return ExitStatus::ok;
}

}  // namespace

Result<ExitStatus> wait(const Invocation& typed, Output& out) {
  const auto to = typed.options.get("to");
  if (!to) {
    return Error{ErrorKind::usage, "for a message to whom?"}.with_hint(
        "--to ADDRESS");
  }
  const auto address = WaitAddress::parse(*to);
  if (!address) return address.error();
  auto invocation = typed;
  const auto whole = limit(invocation);
  if (!whole) return whole.error();
  const auto until = Clock::now() + *whole;
  auto done = wait_for(invocation, *address, until, out);
  const bool late = !done && done.error().kind == ErrorKind::timed_out &&
                    Clock::now() >= until;
  if (!late) return done;
  return Error{ErrorKind::timed_out,
               "no message to " + printable(address->text(), 200) + " within " +
                   std::to_string(whole->count()) + " s"};
}

}  // namespace mailtool::app
