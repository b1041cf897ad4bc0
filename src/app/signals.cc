#include "app/signals.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/end_waits.h"

namespace mailtool::app {
namespace {

using Clock = std::chrono::steady_clock;

std::optional<Clock::time_point> end_of_run;
volatile std::sig_atomic_t g_signal = 0;
volatile std::sig_atomic_t g_delay = 0;  // seconds; 0: none
int g_event = -1;

void ring() {
  const std::uint64_t one = 1;
  (void)!::write(g_event, &one, sizeof one);
}

extern "C" void on_signal(int signal) {
  const int saved_errno = errno;
  const bool first = g_signal == 0;
  g_signal = signal;
  if (first && g_delay > 0) {
    ::alarm(static_cast<unsigned>(g_delay));
  } else {
    ring();
  }
  errno = saved_errno;
}

extern "C" void on_alarm(int) {
  const int saved_errno = errno;
  ring();
  errno = saved_errno;
}

}  // namespace

void catch_signals() {
  g_event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action{};
  action.sa_handler = on_signal;
  // Back to the default after the first: a second one ends us at once.
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{};
    sigaction(signal, nullptr, &before);
    // nohup and shells' background jobs ignore some: that wish holds.
    if (before.sa_handler == SIG_IGN) continue;
    sigaction(signal, &action, nullptr);
  }
}

void end_waits() { ring(); }

SignalDelay::SignalDelay(unsigned seconds) {
  struct sigaction action{};
  action.sa_handler = on_alarm;
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  g_delay = static_cast<int>(seconds);
}

SignalDelay::~SignalDelay() {
  g_delay = 0;
  ::alarm(0);
  if (g_signal != 0) ring();
}

void limit_run(std::chrono::milliseconds whole) {
  end_of_run = Clock::now() + whole;
}

int time_left() {
  if (!end_of_run) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      *end_of_run - Clock::now());
  return static_cast<int>(
      std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, INT_MAX));
}

int interrupt_fd() { return g_event; }

int caught_signal() { return g_signal; }

void signal_is_passed_on() { g_signal = 0; }

void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  _exit(128 + signal);
}

}  // namespace mailtool::app
