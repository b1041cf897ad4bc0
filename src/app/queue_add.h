/// \file
/// Messages into the queue: send --queue and --queue-on-tempfail.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/invocation.h"
#include "app/outgoing_message.h"
#include "app/send_route.h"
#include "mailtool/store/queue_folder.h"

namespace mailtool::app {

/// $XDG_STATE_HOME/mailtool/queue. Fails with config.
Result<std::string> queue_folder_path();

/// When the user wants messages in the queue.
struct QueueWish {
  bool always = false;       ///< --queue, --at, --delay
  bool on_tempfail = false;  ///< --queue-on-tempfail
  std::int64_t not_before = 0;  ///< seconds since 1970; 0: at once
  std::int64_t lifetime = 0;    ///< seconds; 0: the default

  /// Fails with usage: --at that lies in the past, a --lifetime of none.
  static Result<QueueWish> read(const OptionValues& options, std::int64_t now);
};

/// A route into the queue, or, where `inner` is not null, through `inner` and
/// into the queue for whom the outcome was temporary. Recipients that are
/// queued get RecipientResult::queue_id: message and envelope are on disk and
/// synced then.
class QueueingRoute : public SendRoute {
 public:
  /// Fails with config, cannot_create, local_io. All outlive it.
  static Result<std::unique_ptr<QueueingRoute>> make(
      const Invocation& invocation, const QueueWish& wish, SendRoute* inner);

  Result<void> deliver(const OutgoingMessage& message,
                       std::vector<RecipientResult>& results,
                       client::LastMessage last) override;
  void finish() override;

 private:
  QueueingRoute(const Invocation& invocation, const QueueWish& wish,
                SendRoute* inner, store::QueueFolder folder)
      : invocation_(invocation),
        wish_(wish),
        inner_(inner),
        folder_(std::move(folder)) {}
  Result<void> add(const OutgoingMessage& message,
                   std::vector<RecipientResult>& results,
                   const std::vector<std::size_t>& chosen);

  const Invocation& invocation_;
  QueueWish wish_;
  SendRoute* inner_;
  store::QueueFolder folder_;
};

}  // namespace mailtool::app
