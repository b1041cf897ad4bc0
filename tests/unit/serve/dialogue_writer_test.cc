// The form of a dialogue, of octets in any portions.

#include "serve/dialogue_writer.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailtool::serve {
namespace {

class Writer : public Sink {
 public:
  Writer(std::string& to, std::size_t& most, std::size_t& calls,
         std::size_t room)
      : to_(to), most_(most), calls_(calls), room_(room) {}
  Result<void> write(std::string_view octets) override {
    ++calls_;
    if (to_.size() + octets.size() > room_) {
      return Error{ErrorKind::local_io, "No space left on device"};
    }
    to_ += octets;
    most_ = std::max(most_, octets.size());
    return {};
  }

 private:
  std::string& to_;
  std::size_t& most_;
  std::size_t& calls_;
  std::size_t room_;
};

class DialogueWriterTest : public testing::TestWithParam<std::size_t> {
 protected:
  std::unique_ptr<DialogueWriter> writer(std::size_t room = SIZE_MAX) {
    return std::make_unique<DialogueWriter>(
        std::make_unique<Writer>(text, most, calls, room));
  }
  template <typename Take>
  void in_portions(std::string_view octets, Take take) {
    while (!octets.empty()) {
      take(octets.substr(0, GetParam()));
      octets.remove_prefix(std::min(GetParam(), octets.size()));
    }
  }
  std::string text;
  std::size_t most = 0;
  std::size_t calls = 0;
};
INSTANTIATE_TEST_SUITE_P(Portion, DialogueWriterTest,
                         testing::Values(1'000'000, 4096, 7, 3, 2, 1));

TEST_P(DialogueWriterTest, Lines) {
  auto to = writer();
  in_portions("220 mx\r\n", [&](auto octets) { to->server(octets); });
  in_portions("EHLO j\xc3\xbcrgen\r\n\nx\ry\xff\xf0\x9f\x8d\x95\xe2\x82",
              [&](auto octets) { to->client(octets); });
  to->event("<TLS negotiation>");
  in_portions("cut\r", [&](auto octets) { to->client(octets); });
  in_portions("421 late\r\n", [&](auto octets) { to->server(octets); });
  to->client("last");
  to.reset();
  EXPECT_EQ(text,
            "S: 220 mx\nC: EHLO j\xc3\xbcrgen\nC: \n"
            "C: x\\x0dy\\xff\xf0\x9f\x8d\x95\\xe2\\x82\n<TLS negotiation>\n"
            "C: cut\\x0d\nS: 421 late\nC: last\n");
}

// Of any length, and never held.
TEST_P(DialogueWriterTest, LongLines) {
  const std::string line(700'000, 'x');
  auto to = writer();
  in_portions(line + "\r\nend\r\n", [&](auto octets) { to->client(octets); });
  EXPECT_EQ(text, "C: " + line + "\nC: end\n");
  EXPECT_LE(most, 2u * 64 * 1024);
}

TEST_P(DialogueWriterTest, AFullDiskIsNotAskedAgain) {
  auto to = writer(20);
  for (int i = 0; i < 10; ++i) to->server("250 done\r\n");
  to.reset();
  EXPECT_EQ(text, "S: 250 done\n");
  EXPECT_EQ(calls, 2u);
}

}  // namespace
}  // namespace mailtool::serve
