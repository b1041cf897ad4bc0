/// \file
/// ServeProgram: a program that a server runs for.
#pragma once

#include <sys/types.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/exit_status.h"
#include "mailtool/base/result.h"
#include "store/system.h"

namespace mailtool::app {

/// Runs beside us, with our descriptors and in our process group, so that ^C on
/// the terminal is for both.
class ServeProgram {
 public:
  using Variables = std::vector<std::pair<std::string, std::string>>;

  /// Starts `words` (found in PATH, without a shell). Its environment is ours,
  /// with `variables`; those with an empty value are left out. From its end on
  /// interrupt_fd() is readable. Fails with no_input (no such program), system.
  static Result<ServeProgram> start(const std::vector<std::string>& words,
                                    const Variables& variables);
  ServeProgram(ServeProgram&& other) noexcept;
  ServeProgram& operator=(ServeProgram&&) = delete;
  /// Ends it by SIGTERM if it runs, and waits for its end.
  ~ServeProgram();

  /// Readable once it has ended.
  [[nodiscard]] int ended_fd() const { return ended_.get(); }
  [[nodiscard]] bool has_ended() const;
  void send(int signal) const;
  /// Its exit status; 128 + N where signal N ended it. \pre has_ended()
  ExitStatus status();

 private:
  ServeProgram(pid_t child, store::Descriptor ended);
  pid_t child_;
  store::Descriptor ended_;
  std::thread waiter_;
};

}  // namespace mailtool::app
