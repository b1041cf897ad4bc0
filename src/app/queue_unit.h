/// \file
/// QueueUnit: messages that go over one session, one after another.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/output.h"
#include "app/queue_state.h"
#include "app/queue_way.h"
#include "app/send_report.h"
#include "mailtool/store/queue_folder.h"

namespace mailtool::app {

/// Told of what the runner does; any thread may call any function.
class QueueRunReport {
 public:
  /// All outlive it.
  QueueRunReport(const Invocation& invocation, Output& out)
      : invocation_(invocation), out_(out), json_(out) {}

  /// What became of the recipients that were tried.
  void tried(const std::string& id, const QueueState& state,
             const std::vector<RecipientResult>& results);
  /// The queue itself fails, or one message of it.
  void failed(const Error& error);
  /// The last line of --json, and the status: see run_queue().
  Result<ExitStatus> finish(bool named);

 private:
  void write_json(const std::string& id, const RecipientResult& result);

  const Invocation& invocation_;
  Output& out_;
  JsonWriter json_;
  std::mutex mutex_;
  Result<void> written_;
  ExitStatus recipients_ = ExitStatus::ok;
  ExitStatus queue_ = ExitStatus::ok;
  std::uint64_t messages_ = 0;
  std::array<std::uint64_t, 4> outcomes_{};  // by client::Outcome
};

class QueueUnit {
 public:
  /// All outlive it. Where there is no way the messages wait for one. `named`:
  /// they are tried now, due or not.
  QueueUnit(const store::QueueFolder& folder, const Result<QueueWay>& way,
            bool named, QueueRunReport& report)
      : folder_(folder), way_(way), named_(named), report_(report) {}

  /// Sends `ids` in their order. Fails with interrupted alone.
  Result<void> run(const std::vector<std::string>& ids);
  /// Another process works on one of them: it may be due again in a moment.
  [[nodiscard]] bool met_others() const { return met_others_; }

 private:
  Result<void> send(const std::string& id, client::LastMessage last);
  Result<void> deliver(const OutgoingMessage& message,
                       std::vector<RecipientResult>& results,
                       client::LastMessage last);
  Result<void> settle(store::QueueFolder::Entry& entry, QueueState& state,
                      const std::vector<std::size_t>& tried,
                      const std::vector<RecipientResult>& results);

  const store::QueueFolder& folder_;
  const Result<QueueWay>& way_;
  bool named_;
  QueueRunReport& report_;
  QueueRoute route_;
  /// Why nobody can be reached on this way: the next messages need not try.
  std::optional<Error> dead_;
  bool met_others_ = false;
};

/// The state of a message, or its damage set aside and told: nullopt then, and
/// for a message that is gone.
[[nodiscard]] std::optional<QueueState> read_state_or_set_aside(
    const store::QueueFolder& folder, const std::string& id,
    QueueRunReport& report);

}  // namespace mailtool::app
