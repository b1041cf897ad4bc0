/// \file
/// One message to one group of recipients: host by host, until each has its
/// answer.
#pragma once

#include <vector>

#include "app/connect.h"
#include "app/mx_plan.h"
#include "app/mx_session.h"
#include "app/mx_session_pool.h"
#include "app/outgoing_message.h"
#include "app/send_report.h"

namespace mailtool::app {

/// RFC 5321 section 4.5.3.1.8: what every server takes in one transaction.
inline constexpr std::size_t kRecipientsPerTransaction = 100;
/// Sessions that may end without a final answer for all before the group waits.
inline constexpr int kSessionsPerGroup = 2;

class MxGroupDelivery {
 public:
  struct Task {
    const OutgoingMessage& message;
    std::vector<RecipientResult>& results;
    client::LastMessage last = client::LastMessage::no;
    bool dry_run = false;
    SendProgress* progress = nullptr;
  };

  MxGroupDelivery(Connector& connector, MxSessionPool& pool, const Task& task)
      : connector_(connector), pool_(pool), task_(task) {}

  /// Records what became of the recipients of `group`, and touches no other.
  /// What is deferred because of a signal has an Error of kind interrupted.
  void run(const MxGroup& group);

 private:
  using Indices = std::vector<std::size_t>;

  struct Opened {
    std::optional<MxSessionPool::Kept> kept;
    bool fresh = false;
    bool interrupted = false;
  };

  /// False: no other host is to be tried.
  bool try_host(const MxHost& host);
  Opened open(const MxHost& host, std::vector<net::Endpoint>& endpoints);
  bool use(MxSessionPool::Kept kept, bool fresh, bool& again);
  bool send_all(SendSession& session);
  void put_off(std::size_t begin, const Indices& after);
  void note_failure(const MxHost& host, Error error);
  [[nodiscard]] Indices still_open() const;
  void settle();

  Connector& connector_;
  MxSessionPool& pool_;
  const Task& task_;
  Indices all_;
  Indices open_;
  int sessions_ = 0;
};

}  // namespace mailtool::app
