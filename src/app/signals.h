/// \file
/// Signals: SIGINT, SIGTERM and SIGHUP become an orderly stop.
#pragma once

#include <chrono>

namespace mailtool::app {

/// Catches the three signals from now on. The first one makes interrupt_fd()
/// readable, so that every wait on a server ends with ErrorKind::interrupted
/// and each layer cleans up after itself; a second one kills at once.
void catch_signals();

/// Readable once a signal has come; -1 before catch_signals().
[[nodiscard]] int interrupt_fd();

/// --deadline: every wait for local input ends `whole` from now.
void limit_run(std::chrono::milliseconds whole);

/// Until then, as poll() takes it: -1 where there is no limit, 0 once it is
/// reached.
[[nodiscard]] int time_left();

/// The signal that came, or 0. Asked between two messages.
[[nodiscard]] int caught_signal();

/// The signal that came has been passed on: the exit status says what became of
/// it, and caught_signal() is 0.
void signal_is_passed_on();

/// While it lives, a first signal makes interrupt_fd() readable only so many
/// seconds later, or when this ends, whichever is first: what has begun may be
/// finished. A second signal ends it at once. One at a time, in one thread.
class SignalDelay {
 public:
  explicit SignalDelay(unsigned seconds);
  ~SignalDelay();
  SignalDelay(const SignalDelay&) = delete;
  SignalDelay& operator=(const SignalDelay&) = delete;
};

/// While it lives a second signal does not end us: it makes fd() readable. A
/// third one does. Those less than 200 ms apart are one. One at a time.
class SecondSignal {
 public:
  SecondSignal();
  ~SecondSignal();
  SecondSignal(const SecondSignal&) = delete;
  SecondSignal& operator=(const SecondSignal&) = delete;

  /// -1 where there is none to be had.
  [[nodiscard]] static int fd();
};

/// Ends the process by `signal`, as if it had never been caught.
[[noreturn]] void die_of(int signal);

}  // namespace mailtool::app
