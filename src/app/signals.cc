#include "app/signals.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <ctime>
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
// Of SecondSignal; handlers may run in several threads at once.
std::atomic<int> g_second = -1;
std::atomic<int> g_signals = 0;  // how many have come
std::atomic<std::int64_t> g_counted = 0;  // when the last one did

// What comes within it is the same signal: timeout(1) sends each to us and then
// to our process group, and a terminal that is closed may say so twice.
constexpr std::chrono::nanoseconds kOneSignal = std::chrono::milliseconds(200);

void ring(int event) {
  const std::uint64_t one = 1;
  (void)!::write(event, &one, sizeof one);
}

void ring() { ring(g_event); }

// Which one it is: 1, 2, 3…; 0 where it is that before once more.
int number_of_signal() {
  timespec clock{};
  ::clock_gettime(CLOCK_MONOTONIC, &clock);
  const auto now =
      std::int64_t{clock.tv_sec} * 1'000'000'000 + std::int64_t{clock.tv_nsec};
  auto last = g_counted.load();
  if (last != 0 && now - last < kOneSignal.count()) return 0;
  return g_counted.compare_exchange_strong(last, now) ? ++g_signals : 0;
}

extern "C" void on_signal(int signal) {
  const int saved_errno = errno;
  const int number = number_of_signal();
  if (const int second = g_second; second >= 0 && number > 1) {
    // It is blocked in here: it ends us once we return.
    if (number > 2) {
      std::signal(signal, SIG_DFL);
      std::raise(signal);
    }
    ring(second);
  }
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

// With SA_RESETHAND it is back to the default after the first: a second one
// ends us at once.
void handle_signals(unsigned flags) {
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(flags | SA_RESTART);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{};
    sigaction(signal, nullptr, &before);
    // nohup and shells' background jobs ignore some: that wish holds.
    if (before.sa_handler == SIG_IGN) continue;
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace

void catch_signals() {
  g_event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  handle_signals(SA_RESETHAND);
}

void end_waits() { ring(); }

SecondSignal::SecondSignal() {
  g_second = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  handle_signals(0);
}

SecondSignal::~SecondSignal() {
  handle_signals(SA_RESETHAND);
  if (const int event = g_second.exchange(-1); event >= 0) ::close(event);
}

int SecondSignal::fd() { return g_second; }

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
