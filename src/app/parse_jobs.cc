#include "app/parse_jobs.h"

#include <deque>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "app/ordered_output.h"
#include "app/parse_units.h"

namespace mailtool::app {
namespace {

// Remembers that writing failed: no other input can help then.
class WatchedSink : public Sink {
 public:
  explicit WatchedSink(Sink& to) : to_(to) {}
  Result<void> write(std::string_view octets) override {
    auto written = to_.write(octets);
    failed_ = failed_ || !written;
    return written;
  }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  Sink& to_;
  bool failed_ = false;
};

class DirectReport : public ParseReport {
 public:
  explicit DirectReport(const ParseRun& run) : run_(run) {}
  void failed(Error error) override { run_.report(error); }
  void progressed(std::uint64_t messages, std::uint64_t octets) override {
    run_.progress.add(messages, octets);
  }

 private:
  const ParseRun& run_;
};

// What a thread works with. The dump writes to the unit's output.
class Worker : public MessageConsumer, public ParseReport {
 public:
  Worker(const ParseRun& run, OrderedOutput& order)
      : progress_(run.progress),
        order_(order),
        output_(order),
        dump_(run.dump, nullptr, output_),
        reader_(run.reader, *this) {}

  void work(ParseUnit& unit) {
    output_.begin(unit.number);
    reader_.restart_count();
    if (unit.error) {
      output_.failed(std::move(*unit.error));
    } else if (unit.mbox != nullptr) {
      const auto& mbox = *unit.mbox;
      (void)goes_on(reader_.read(mbox.descriptor(), mbox.start(), mbox.source(),
                                 unit.index, unit.ranges, *this),
                    mbox.source());
    } else {
      for (auto file = unit.first; file < unit.last; ++file) {
        auto read = reader_.read(*unit.folder, file, *this);
        if (read) continue;
        if (!goes_on(std::move(read), unit.folder->shown_name(file))) break;
      }
    }
    output_.end();
    if (!first_defect_ && dump_.defective()) first_defect_ = unit.number;
  }

  [[nodiscard]] ParseTotals totals() const {
    return {dump_.count(), dump_.defects()};
  }
  /// The unit in which a defect was seen first.
  [[nodiscard]] std::optional<std::uint64_t> first_defect() const {
    return first_defect_;
  }

  void begin_message(const MessagePlace& place) override {
    output_.begin_message();
    dump_.begin_message(place);
  }
  bool octets(std::string_view part) override { return dump_.octets(part); }
  Result<void> end_message(const RandomAccess* input) override {
    return dump_.end_message(input);
  }
  void failed(Error error) override { output_.failed(std::move(error)); }
  void progressed(std::uint64_t messages, std::uint64_t octets) override {
    progress_.add(messages, octets);
  }

 private:
  bool goes_on(Result<void> read, const std::string& source) {
    if (read) return true;
    if (order_.stopped()) return false;
    if (read.error().kind == ErrorKind::interrupted) {
      order_.stop(std::move(read).error());
      return false;
    }
    output_.failed(std::move(read).error().at(source));
    return true;
  }

  ParseProgress& progress_;
  OrderedOutput& order_;
  UnitOutput output_;
  MessageDump dump_;
  MessageReader reader_;
  std::optional<std::uint64_t> first_defect_;
};

// Threads, begun as there is work for them, and what they have to do.
class Crew {
 public:
  Crew(const ParseRun& run, unsigned jobs)
      : run_(run),
        jobs_(jobs),
        order_(run.out, run.dump.separates_messages() ? "\n" : "", run.report) {
  }
  ~Crew() { join(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  bool take(ParseUnit unit) {
    if (!order_.wait_for_room(unit.number, jobs_ + 2)) return false;
    {
      const std::lock_guard lock(mutex_);
      units_.push_back(std::move(unit));
    }
    come_.notify_one();
    return threads_.size() == jobs_ || begin_thread();
  }

  /// When all units are taken.
  Result<ParseTotals> finish() {
    join();
    if (auto error = order_.error()) return std::move(*error);
    return totals_;
  }

  OrderedOutput& order() { return order_; }

 private:
  bool begin_thread() {
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
      if (threads_.empty()) {
        order_.stop(
            Error{ErrorKind::system, error.what(), "cannot start a thread"});
        return false;
      }
    }
    return true;
  }

  void work() {
    Worker worker(run_, order_);
    for (;;) {
      ParseUnit unit;
      {
        std::unique_lock lock(mutex_);
        come_.wait(lock, [&] { return ended_ || !units_.empty(); });
        if (units_.empty()) break;
        unit = std::move(units_.front());
        units_.pop_front();
      }
      if (!order_.stopped()) worker.work(unit);
    }
    auto totals = worker.totals();
    const std::lock_guard lock(mutex_);
    totals_.messages += totals.messages;
    const auto first = worker.first_defect().value_or(kNoUnit);
    if (first < first_defect_) {
      first_defect_ = first;
      std::swap(totals_.defects, totals.defects);
    }
    totals_.defects.add(totals.defects);
  }

  void join() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    come_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

  const ParseRun& run_;
  unsigned jobs_;
  OrderedOutput order_;
  std::mutex mutex_;
  std::condition_variable come_;
  std::deque<ParseUnit> units_;
  bool ended_ = false;
  static constexpr auto kNoUnit = ~std::uint64_t{0};
  std::uint64_t first_defect_ = kNoUnit;
  ParseTotals totals_;
  std::vector<std::thread> threads_;
};

}  // namespace

Result<ParseTotals> parse_alone(const ParseRun& run, ExtractFolder* folder,
                                const PartialJoin* join, MessageFiles& files) {
  WatchedSink out(run.out);
  DirectReport report(run);
  MessageReader reader(run.reader, report);
  MessageDump dump(run.dump, folder, out);
  std::optional<JoiningConsumer> joining;
  if (join != nullptr) joining.emplace(*join, run.reader.again, dump);
  MessageConsumer& consumer =
      joining ? static_cast<MessageConsumer&>(*joining) : dump;
  for (;;) {
    const auto inputs = files.next();
    if (!inputs) {
      run.report(inputs.error());
      continue;
    }
    if (*inputs == nullptr) break;
    for (std::size_t file = 0; file < (*inputs)->size(); ++file) {
      auto read = reader.read(**inputs, file, consumer);
      if (read) continue;
      if (out.failed() || read.error().kind == ErrorKind::interrupted) {
        return std::move(read).error();
      }
      // One file that cannot be read does not stop the others.
      run.report(std::move(read).error().at((*inputs)->shown_name(file)));
    }
  }
  return ParseTotals{dump.count(), dump.defects()};
}

Result<ParseTotals> parse_in_threads(const ParseRun& run, unsigned jobs,
                                     MessageFiles& files) {
  Crew crew(run, jobs);
  ParseUnits units([&](ParseUnit unit) { return crew.take(std::move(unit)); });
  if (auto cut = units.cut(files); !cut) {
    crew.order().stop(std::move(cut).error());
  }
  return crew.finish();
}

}  // namespace mailtool::app
