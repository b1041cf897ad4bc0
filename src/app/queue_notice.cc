#include "app/queue_notice.h"

#include <algorithm>
#include <utility>

#include "app/lf_sink.h"
#include "app/qualify.h"
#include "app/queue_schedule.h"
#include "app/sender_identity.h"
#include "mailtool/base/sha256.h"
#include "mailtool/store/maildir.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kKeyOctets = std::tuple_size_v<store::DeliveryKey>;

bool nobody_to_tell(const QueueState& state) {
  return state.is_report || state.sender.empty();
}

bool failure_is_told(const QueueState& state) {
  const auto& notify = state.notify;
  if (nobody_to_tell(state)) return true;  // into the Maildir
  return notify == smtp::DsnNotify{} || notify.failure;
}

std::vector<const QueueRecipient*> recipients_of(const QueueState& state,
                                                 const Notice& notice) {
  std::vector<const QueueRecipient*> about;
  for (const auto index : notice.recipients) {
    about.push_back(&state.recipients[index]);
  }
  return about;
}

void mark(QueueState& state, const Notice& notice) {
  ++state.reports;
  for (const auto index : notice.recipients) {
    auto& recipient = state.recipients[index];
    (notice.kind == ReportKind::delayed ? recipient.delay_told
                                        : recipient.reported) = true;
  }
}

// The report is a message of its own, from nobody, on the same way.
QueueState state_of_report(const QueueState& about, std::int64_t now) {
  QueueState state;
  state.queued_at = now;
  state.is_report = true;
  state.subject = "Report on: " + about.subject;
  state.config = about.config;
  state.account = about.account;
  state.options = about.options;
  state.served = about.served;
  auto& recipient = state.recipients.emplace_back();
  recipient.address = about.sender;
  return state;
}

Result<void> queue_report(const store::QueueFolder& folder,
                          const store::QueueFolder::Entry& entry,
                          const QueueState& state, const Notice& notice,
                          const std::string& host, std::int64_t now) {
  auto addition =
      folder.add_as(entry.id() + "r" + std::to_string(state.reports + 1));
  if (!addition) return std::move(addition).error();
  if (!*addition) return {};  // by a run that was killed behind this point
  const auto original = entry.message();
  auto written = write_report(notice.kind, state, recipients_of(state, notice),
                              report_origin(host, now), *original, **addition);
  if (!written) return written;
  return (*addition)->commit(to_toml(state_of_report(state, now)));
}

// The same message has the same key: a Maildir that holds it gets no other.
store::DeliveryKey key_of(const std::string& id) {
  const auto digest = sha256("undelivered " + id);
  store::DeliveryKey key{};
  std::copy_n(digest.begin(), kKeyOctets, key.begin());
  return key;
}

Result<void> keep_in_maildir(const store::QueueFolder& folder,
                             const store::QueueFolder::Entry& entry) {
  const auto slash = folder.path().rfind('/');
  auto maildir =
      store::open_maildir(folder.path().substr(0, slash) + "/undelivered");
  if (!maildir) return std::move(maildir).error();
  if (auto begun = (*maildir)->begin(); !begun) return begun;
  LfSink lf(**maildir);
  const auto original = entry.message();
  if (auto copied = copy_all(*original, lf); !copied) return copied;
  if (auto ended = lf.finish(); !ended) return ended;
  if (auto ended = (*maildir)->end(key_of(entry.id())); !ended) return ended;
  return (*maildir)->commit();
}

}  // namespace

ReportOrigin report_origin(std::string host, std::int64_t now) {
  ReportOrigin origin;
  origin.host = host.empty() ? mail_domain() : std::move(host);
  origin.from = "MAILER-DAEMON@" + origin.host;
  origin.now = now;
  origin.zone_minutes = local_now().zone_minutes;
  origin.token = unique_token();
  return origin;
}

std::vector<Notice> notices_due(const QueueState& state, std::int64_t now) {
  std::vector<Notice> notices{{ReportKind::failed, {}},
                              {ReportKind::delayed, {}},
                              {ReportKind::relayed, {}}};
  const bool late = now - state.queued_at >= kDelayNotice &&
                    now - state.not_before >= kDelayNotice;
  for (std::size_t i = 0; i < state.recipients.size(); ++i) {
    const auto& recipient = state.recipients[i];
    const auto outcome = recipient.outcome;
    if (outcome == QueueOutcome::failed && !recipient.reported &&
        failure_is_told(state)) {
      notices[0].recipients.push_back(i);
    } else if (outcome == QueueOutcome::waiting && late &&
               !recipient.delay_told && recipient.attempts > 0 &&
               state.notify.delay && !nobody_to_tell(state)) {
      notices[1].recipients.push_back(i);
    } else if (outcome == QueueOutcome::sent && recipient.relayed &&
               !recipient.reported && state.notify.success &&
               !nobody_to_tell(state)) {
      notices[2].recipients.push_back(i);
    }
  }
  std::erase_if(notices,
                [](const Notice& notice) { return notice.recipients.empty(); });
  return notices;
}

Result<void> send_notices(const store::QueueFolder& folder,
                          const store::QueueFolder::Entry& entry,
                          QueueState& state, const std::vector<Notice>& notices,
                          const std::string& host, std::int64_t now) {
  for (const auto& notice : notices) {
    auto told = nobody_to_tell(state)
                    ? keep_in_maildir(folder, entry)
                    : queue_report(folder, entry, state, notice, host, now);
    if (!told) return told;
    mark(state, notice);
  }
  return {};
}

}  // namespace mailtool::app
