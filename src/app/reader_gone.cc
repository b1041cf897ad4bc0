#include "app/reader_gone.h"

#include <csignal>
#include <utility>

namespace mailtool::app {
namespace {

std::function<void()>& first_now() {
  static std::function<void()> first;
  return first;
}

}  // namespace

ReaderGone::ReaderGone(std::function<void()> first)
    : before_(std::signal(SIGPIPE, SIG_IGN)) {
  first_now() = std::move(first);
}

ReaderGone::~ReaderGone() {
  first_now() = nullptr;
  (void)std::signal(SIGPIPE, before_);
}

void ReaderGone::happens() {
  if (const auto first = std::exchange(first_now(), nullptr)) first();
}

}  // namespace mailtool::app
