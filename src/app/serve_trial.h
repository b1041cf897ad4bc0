/// \file
/// ServeTrial: sessions that fail on purpose, and are written down.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/serve_trial_options.h"
#include "mailtool/serve/fault_hook.h"
#include "mailtool/serve/session.h"

namespace mailtool::app {

/// Of all sessions of one server; outlives them.
class ServeTrial {
 public:
  explicit ServeTrial(const ServeTrialOptions& options);

  /// Makes the folder of the dialogues. Fails with cannot_create.
  Result<void> open();

  using Make =
      std::function<std::unique_ptr<serve::Session>(serve::FaultHook*)>;
  /// What `make` makes, as the options have it. `name`, of the protocol, is
  /// part of the name of a file.
  std::unique_ptr<serve::Session> session(serve::Protocols protocol,
                                          std::string_view name,
                                          const Make& make);

 private:
  std::unique_ptr<serve::Session> with_faults(serve::Protocols protocol,
                                              const Make& make);

  serve::FaultRules rules_;
  std::chrono::milliseconds delay_;
  std::string folder_;  // empty: nothing is written down
  std::uint64_t next_ = 1;
  // That one could not be written; the files may outlive this.
  std::shared_ptr<bool> told_ = std::make_shared<bool>(false);
};

}  // namespace mailtool::app
