/// \file
/// ServeRelay: mail of users for other domains, into a queue.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mailtool/serve/smtp_backend.h"
#include "mailtool/store/queue_folder.h"

namespace mailtool::app {

/// A message into the queue. Nobody else works on it while this lives.
class Relayed : public serve::Incoming {
 public:
  /// It is to be nowhere, though end() has put it there.
  virtual void take_back() = 0;
};

class ServeRelay {
 public:
  /// `folder`: below it is mailtool/queue, the queue of `mailtool queue` where
  /// XDG_STATE_HOME is that folder. A sender without a domain has `domain`.
  /// Fails with cannot_create, local_io.
  static Result<std::unique_ptr<ServeRelay>> open(const std::string& folder,
                                                  std::string domain);

  /// A message for `recipients`, of whom there is one at least. It is in the
  /// queue, durably, when end() returns: once for each value of NOTIFY, and all
  /// of them or none. It goes by the ServedWay that holds when it is tried.
  Result<std::unique_ptr<Relayed>> begin(
      const serve::Envelope& envelope,
      const std::vector<smtp::Rcpt>& recipients);

 private:
  ServeRelay(store::QueueFolder folder, std::string domain)
      : folder_(std::move(folder)), domain_(std::move(domain)) {}

  store::QueueFolder folder_;
  std::string domain_;
};

}  // namespace mailtool::app
