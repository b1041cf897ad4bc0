// A notification written and read back.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "app/queue_report.h"
#include "app/report_walk.h"
#include "mailtool/base/ascii.h"
#include "unit/app_walk/walked.h"

namespace mailtool::app::test {

inline ReportOrigin an_origin() {
  ReportOrigin origin;
  origin.host = "laptop.example";
  origin.from = "MAILER-DAEMON@laptop.example";
  origin.now = 1'790'000'000;
  origin.zone_minutes = 60;
  origin.token = "abcdefghij0123456789";
  return origin;
}

inline QueueState a_state() {
  QueueState state;
  state.queued_at = 1'789'900'000;
  state.lifetime = 432'000;
  state.sender = "alice@example.org";
  state.message_id = "<1@example.org>";
  state.subject = "Minutes";
  return state;
}

inline QueueRecipient refused(std::string address = "bob@example.com") {
  QueueRecipient recipient;
  recipient.address = std::move(address);
  recipient.outcome = QueueOutcome::failed;
  recipient.attempts = 1;
  recipient.code = 550;
  recipient.enhanced = "5.1.1";
  recipient.said =
      "RCPT TO:<bob@example.com>: refused: server said: 550 5.1.1 No such "
      "user";
  recipient.host = "mx.example.com";
  return recipient;
}

inline constexpr std::string_view kMessage =
    "From: alice@example.org\r\nTo: bob@example.com\r\nSubject: Minutes\r\n"
    "\r\nThe body.\r\n";

class Written {
 public:
  Written(ReportKind kind, const QueueState& state,
          std::string_view message = kMessage,
          const ReportOrigin& origin = an_origin()) {
    std::vector<const QueueRecipient*> about;
    for (const auto& recipient : state.recipients) about.push_back(&recipient);
    StringSource source(message);
    StringSink sink(64 << 20);
    const auto done = write_report(kind, state, about, origin, source, sink);
    EXPECT_TRUE(done) << (done ? "" : done.error().one_line());
    text = sink.take();
    mime::Parser parser({}, &walk_);
    walk_.begin_message();
    parser.feed(text);
    structure = parser.finish();
    if (walk_.reports().size() == 1) {
      report = &walk_.reports()[0].second;
      walked = std::make_unique<Walked>(text);
    }
  }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;

  [[nodiscard]] std::string field(std::string_view name) const {
    const auto value = structure.value_of(structure.parts[0], name);
    return value ? std::string(trim(*value)) : "(none)";
  }
  // The decoded content of part `id`: "1".
  [[nodiscard]] std::string content(std::string_view id) const {
    for (const auto& row : walked->rows()) {
      if (row.id == id) return walked->content(row);
    }
    return "(none)";
  }
  [[nodiscard]] mime::RecipientStatus about(std::size_t i = 0) const {
    return mime::recipient_status(report->groups.at(i + 1));
  }

  std::string text;
  mime::Structure structure;
  const mime::Report* report = nullptr;
  std::unique_ptr<Walked> walked;

 private:
  mime::ParserEvents nobody_;
  ReportWalk walk_{nobody_};
};

}  // namespace mailtool::app::test
