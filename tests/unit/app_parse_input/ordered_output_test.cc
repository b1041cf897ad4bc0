#include "app/ordered_output.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

namespace mailtool::app {
namespace {

class FailingSink : public Sink {
 public:
  explicit FailingSink(std::size_t room) : room_(room) {}
  Result<void> write(std::string_view octets) override {
    written += octets.size();
    if (written <= room_) return {};
    return Error{ErrorKind::local_io, "full"};
  }
  std::size_t written = 0;

 private:
  std::size_t room_;
};

std::string text_of(std::uint64_t unit, std::size_t size) {
  std::string text = std::to_string(unit) + ':';
  text.resize(std::max(size, text.size()), 'x');
  return text + '\n';
}

// Units of all sizes by several threads; each writes in pieces.
TEST(OrderedOutput, ThreadsWriteInTheOrderOfTheUnits) {
  constexpr std::uint64_t kUnits = 60;
  StringSink sink(std::size_t{1} << 30);
  std::vector<std::string> errors;
  OrderedOutput order(
      sink, "--\n", [&](const Error& error) { errors.push_back(error.what); });
  std::string expected;
  std::vector<std::string> expected_errors;
  std::mt19937 random(1);
  std::vector<std::size_t> sizes;
  for (std::uint64_t unit = 0; unit < kUnits; ++unit) {
    sizes.push_back(unit % 7 == 3 ? UnitOutput::kMaxKept + random() % 3'000'000
                                  : random() % 100'000);
    const bool empty = unit % 5 == 0;
    if (unit % 3 == 0) expected_errors.push_back(std::to_string(unit));
    if (empty) continue;
    if (!expected.empty()) expected += "--\n";
    expected += text_of(unit, sizes.back());
  }
  std::atomic<std::uint64_t> next = 0;
  const auto work = [&] {
    UnitOutput output(order);
    for (auto unit = next++; unit < kUnits; unit = next++) {
      ASSERT_TRUE(order.wait_for_room(unit, 6));
      output.begin(unit);
      if (unit % 3 == 0) {
        output.failed({ErrorKind::no_input, std::to_string(unit)});
      }
      if (unit % 5 != 0) {
        output.begin_message();
        const auto text = text_of(unit, sizes[unit]);
        for (std::size_t at = 0; at < text.size(); at += 70'000) {
          ASSERT_TRUE(output.write(std::string_view(text).substr(at, 70'000)));
        }
      }
      output.end();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sink.text().size(), expected.size());
  EXPECT_TRUE(sink.text() == expected);
  EXPECT_EQ(errors, expected_errors);
  EXPECT_FALSE(order.stopped());
}

TEST(OrderedOutput, AFailureOfTheSinkStopsAll) {
  FailingSink sink(1'000'000);
  OrderedOutput order(sink, "", [](const Error&) {});
  std::atomic<std::uint64_t> next = 0;
  const auto work = [&] {
    UnitOutput output(order);
    for (auto unit = next++; order.wait_for_room(unit, 4); unit = next++) {
      output.begin(unit);
      output.begin_message();
      (void)output.write(text_of(unit, 50'000));
      output.end();
    }
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_LE(sink.written, 1'200'000u);
  ASSERT_TRUE(order.error());
  EXPECT_EQ(order.error()->what, "full");
}

TEST(OrderedOutput, StopEndsEveryWait) {
  StringSink sink(100);
  OrderedOutput order(sink, "", [](const Error&) {});
  std::thread waits_for_turn([&] { EXPECT_FALSE(order.wait_for_turn(5)); });
  std::thread waits_for_room([&] { EXPECT_FALSE(order.wait_for_room(9, 2)); });
  order.stop(Error{ErrorKind::interrupted, "first"});
  order.stop(Error{ErrorKind::interrupted, "second"});
  waits_for_turn.join();
  waits_for_room.join();
  EXPECT_EQ(order.error()->what, "first");
}

}  // namespace
}  // namespace mailtool::app
