#include "app/serve_readdress.h"

#include "app/output.h"

namespace mailtool::app {
namespace {

// What is gone needs no way, and what makes no sense is set aside by what sends
// the queue.
bool is_final(const Error& error) {
  return error.kind == ErrorKind::no_input ||
         error.kind == ErrorKind::bad_input;
}

}  // namespace

Result<std::unique_ptr<ServeReaddress>> ServeReaddress::start(
    const std::string& folder, ServeWay way) {
  auto queue = store::QueueFolder::open(folder + "/mailtool/queue");
  if (!queue) return std::move(queue).error();
  std::unique_ptr<ServeReaddress> made(
      new ServeReaddress(*std::move(queue), std::move(way)));
  made->thread_ = std::thread([&one = *made] { one.run(); });
  return made;
}

ServeReaddress::~ServeReaddress() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ServeReaddress::is_through(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, wait, [this] { return through_; });
}

bool ServeReaddress::ends(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, wait, [this] { return ends_; });
}

void ServeReaddress::run() {
  auto left = sweep(all());
  {
    const std::lock_guard lock(mutex_);
    through_ = true;
  }
  changed_.notify_all();
  while (!left.empty() && !ends(kPause)) {
    left = sweep(left);
    // Who held the last one may have left a report, which goes the same way.
    if (left.empty()) left = sweep(all());
  }
}

// Where the folder cannot be read, what sends the queue says so.
ServeReaddress::Ids ServeReaddress::all() const {
  auto ids = folder_.ids();
  return ids ? *std::move(ids) : Ids{};
}

// Those that are left to do.
ServeReaddress::Ids ServeReaddress::sweep(const Ids& ids) {
  Ids left;
  for (const auto& id : ids) {
    if (ends(std::chrono::milliseconds(0))) return {};
    if (!settle(id)) left.push_back(id);
  }
  return left;
}

// False: another time.
bool ServeReaddress::settle(const std::string& id) {
  const auto seen = folder_.peek(id);
  if (!seen) return is_final(seen.error());
  auto state = parse_queue_state(*seen);
  if (!state || !readdress(*state, way_)) return true;
  auto entry = folder_.lock(id);
  if (!entry) return is_final(entry.error());
  // It may have been tried since.
  const auto now = entry->state();
  if (!now) return is_final(now.error());
  state = parse_queue_state(*now);
  if (!state || !readdress(*state, way_)) return true;
  const auto written = entry->set_state(to_toml(*state));
  if (!written && !told_) {
    told_ = true;
    warn("serve", "what waits in the queue is sent the old way as yet: " +
                      written.error().one_line());
  }
  return written.has_value();
}

}  // namespace mailtool::app
