#include "app/ordered_output.h"

#include <utility>

namespace mailtool::app {
namespace {

// Errors of one unit that wait with its octets.
constexpr std::size_t kMaxErrorsKept = 1000;

}  // namespace

bool OrderedOutput::wait_for_room(std::uint64_t unit, std::uint64_t ahead) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || unit < next_ + ahead; });
  return !stopped_;
}

bool OrderedOutput::wait_for_turn(std::uint64_t unit) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || (next_ == unit && !writing_); });
  if (stopped_) return false;
  writing_ = true;
  return true;
}

// What was written is taken out of `result`.
Result<void> OrderedOutput::write_now(UnitResult& result) {
  if (result.messages > 0 && !unit_has_messages_) {
    unit_has_messages_ = true;
    if (std::exchange(any_messages_, true)) {
      if (auto written = out_.write(separator_); !written) return written;
    }
  }
  for (const auto& error : result.errors) report_(error);
  result.errors.clear();
  auto written = out_.write(result.octets);
  result.octets.clear();
  return written;
}

void OrderedOutput::finish(std::uint64_t unit, UnitResult result) {
  std::unique_lock lock(mutex_);
  done_.insert_or_assign(unit, std::move(result));
  // It is ours already if this unit was writing through.
  if (writing_ && next_ != unit) return;
  writing_ = true;
  while (!stopped_ && !done_.empty() && done_.begin()->first == next_) {
    auto ready = std::move(done_.begin()->second);
    done_.erase(done_.begin());
    lock.unlock();
    auto written = write_now(ready);
    unit_has_messages_ = false;
    lock.lock();
    if (!written && !stopped_) {
      stopped_ = true;
      error_ = std::move(written).error();
    }
    spare_.push_back(std::move(ready.octets));
    ++next_;
    changed_.notify_all();
  }
  writing_ = false;
  changed_.notify_all();
}

void OrderedOutput::stop(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  if (!stopped_) error_ = std::move(error);
  stopped_ = true;
  changed_.notify_all();
}

bool OrderedOutput::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

std::optional<Error> OrderedOutput::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

std::string OrderedOutput::spare() {
  const std::lock_guard lock(mutex_);
  if (spare_.empty()) return {};
  auto octets = std::move(spare_.back());
  spare_.pop_back();
  return octets;
}

void UnitOutput::begin(std::uint64_t unit) {
  unit_ = unit;
  through_ = false;
  result_ = {};
  result_.octets = order_.spare();
}

void UnitOutput::failed(Error error) {
  result_.errors.push_back(std::move(error));
  if (through_ || result_.errors.size() > kMaxErrorsKept) {
    (void)write_through();
  }
}

Result<void> UnitOutput::write(std::string_view octets) {
  result_.octets += octets;
  const auto most = through_ ? kMaxKept / 64 : kMaxKept;
  return result_.octets.size() > most ? write_through() : Result<void>{};
}

Result<void> UnitOutput::write_through() {
  if (!through_ && !order_.wait_for_turn(unit_)) {
    return order_.error().value_or(
        Error{ErrorKind::interrupted, "stopped by another thread"});
  }
  through_ = true;
  auto written = order_.write_now(result_);
  if (!written) order_.stop(written.error());
  return written;
}

void UnitOutput::end() { order_.finish(unit_, std::move(result_)); }

}  // namespace mailtool::app
