#include "app/send_progress.h"

#include <algorithm>
#include <utility>

#include "app/parse_tree.h"

namespace mailtool::app {
namespace {

class WatchedSource : public Source {
 public:
  WatchedSource(std::unique_ptr<Source> source, SendProgress& progress)
      : source_(std::move(source)), progress_(progress) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    auto count = source_->read_some(into);
    if (count) progress_.add(*count);
    return count;
  }

 private:
  std::unique_ptr<Source> source_;
  SendProgress& progress_;
};

}  // namespace

std::unique_ptr<Source> SendProgress::watch(std::unique_ptr<Source> source) {
  if (!line_.shown_at_all()) return source;
  return std::make_unique<WatchedSource>(std::move(source), *this);
}

void SendProgress::show() {
  line_.show(send_progress_line(sent_, expected_, line_.elapsed()));
}

std::string send_progress_line(std::uint64_t sent, std::uint64_t expected,
                               std::chrono::milliseconds time) {
  const auto elapsed =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(time.count()));
  return size_text(sent) + " of " + size_text(std::max(sent, expected)) + ", " +
         size_text(sent / elapsed * 1000) + "/s";
}

}  // namespace mailtool::app
