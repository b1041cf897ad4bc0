/// \file
/// ServeGateway: mail of users for other domains, beside that for our own.
#pragma once

#include <memory>
#include <utility>

#include "app/serve_delivery.h"
#include "app/serve_relay.h"

namespace mailtool::app {

/// For who has not logged in it is no relay. A message for both is taken where
/// both take it. Who asks by NOTIFY=SUCCESS is told that it is in the mailbox,
/// where a report can go there. It outlives all that has begun.
class ServeGateway : public serve::SmtpBackend {
 public:
  /// `local` outlives it.
  explicit ServeGateway(ServeDelivery& local) : local_(local) {}

  /// Until then mail for other domains is refused to all.
  void open(std::unique_ptr<ServeRelay> relay) { relay_ = std::move(relay); }

  std::optional<smtp::Reply> refuses(const serve::Envelope& so_far,
                                     const smtp::Mailbox& to) override;
  Result<std::unique_ptr<serve::Incoming>> begin(
      const serve::Envelope& envelope) override;

 private:
  /// Whether mail for `to` can be taken, whoever sends it.
  [[nodiscard]] bool has_way(const smtp::Mailbox& to) const;
  /// For our own users.
  Result<std::unique_ptr<serve::Incoming>> deliver(
      const serve::Envelope& envelope);

  ServeDelivery& local_;
  std::unique_ptr<ServeRelay> relay_;
};

}  // namespace mailtool::app
