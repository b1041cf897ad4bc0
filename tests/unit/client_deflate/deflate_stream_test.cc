// Octets that go both ways compressed, and what a hostile peer makes of it.

#include "mailtool/client/deflate_stream.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace mailtool::client {
namespace {

// A peer whose octets are `said`, in pieces; keeps what it heard.
class Peer : public Stream {
 public:
  Peer(std::string said, std::size_t step, std::string& heard)
      : said_(std::move(said)), step_(step), heard_(heard) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({into.size(), step_, said_.size() - at_});
    std::copy_n(said_.begin() + static_cast<std::ptrdiff_t>(at_), count,
                into.begin());
    at_ += count;
    return count;
  }
  [[nodiscard]] bool readable() override { return at_ < said_.size(); }
  Result<bool> await_readable(std::chrono::milliseconds) override {
    return readable();
  }
  Result<void> write_all(std::string_view octets) override {
    heard_ += octets;
    return {};
  }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds) override {}

 private:
  std::string said_;
  std::size_t step_;
  std::string& heard_;
  std::size_t at_ = 0;
};

std::string compress(std::string_view octets, int flush = Z_SYNC_FLUSH) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(octets.size() + 1000, '\0');
  std::string in(octets);
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, flush);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}

std::string inflated(std::string in, std::size_t most) {
  z_stream z{};
  inflateInit2(&z, -15);
  std::string out(most, '\0');
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  inflate(&z, Z_SYNC_FLUSH);
  out.resize(out.size() - z.avail_out);
  inflateEnd(&z);
  return out;
}

class DeflateStreamTest : public testing::TestWithParam<std::size_t> {
 protected:
  // The peer says `said` behind its consent.
  void start(const std::string& said) {
    const std::string consent = "A1 OK begin\r\n";
    await(consent + said);
    EXPECT_EQ(line(), consent);
    ASSERT_TRUE(stream_->begin());
    EXPECT_TRUE(stream_->compressing());
  }
  void await(std::string said) {
    stream_ = std::make_unique<DeflateStream>(
        std::make_unique<Peer>(std::move(said), GetParam(), heard_));
    stream_->await_consent();
  }
  std::string line() {
    std::string all;
    std::array<char, 4096> piece{};
    while (!all.ends_with('\n')) {
      const auto count = stream_->read_some(piece);
      if (!count || *count == 0) return all + "<end>";
      all.append(piece.data(), *count);
    }
    return all;
  }
  Result<std::string> read_all(std::size_t most = 1'000'000) {
    std::string all;
    std::array<char, 4096> piece{};
    while (all.size() < most) {
      auto count = stream_->read_some(piece);
      if (!count) return std::move(count).error();
      if (*count == 0) break;
      all.append(piece.data(), *count);
    }
    return all;
  }
  std::string heard_;
  std::unique_ptr<DeflateStream> stream_;
};
INSTANTIATE_TEST_SUITE_P(Step, DeflateStreamTest, testing::Values(65536, 1));

TEST_P(DeflateStreamTest, BothWays) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "* " + std::to_string(i) + " FETCH\r\n";
  start(compress(text));
  EXPECT_EQ(*read_all(), text);
  ASSERT_TRUE(stream_->write_all("A1 NOOP\r\n"));
  EXPECT_EQ(inflated(heard_, 100), "A1 NOOP\r\n");
  ASSERT_TRUE(stream_->write_all(text));
  EXPECT_EQ(inflated(heard_, 200'000), "A1 NOOP\r\n" + text);
}

// A line at a time, whatever came in one piece.
TEST_P(DeflateStreamTest, BeforeTheConsent) {
  await("* 7 EXISTS\r\n* 8 EXISTS\r\nA1 OK\r\n\x01");
  EXPECT_EQ(line(), "* 7 EXISTS\r\n");
  EXPECT_TRUE(stream_->readable());
  EXPECT_EQ(line(), "* 8 EXISTS\r\n");
  EXPECT_EQ(line(), "A1 OK\r\n");
  EXPECT_EQ(heard_, "");
}

TEST_P(DeflateStreamTest, Refused) {
  const std::string rest(40'000, 'x');
  await("A1 NO\r\n* 7 EXISTS\r\n" + rest);
  EXPECT_EQ(line(), "A1 NO\r\n");
  stream_->refused();
  EXPECT_EQ(*read_all(), "* 7 EXISTS\r\n" + rest);
  ASSERT_TRUE(stream_->write_all("A2 NOOP\r\n"));
  EXPECT_EQ(heard_, "A2 NOOP\r\n");
}

// Stored blocks of no octets, without end: there is nothing to read, and the
// end of the stream is seen.
TEST_P(DeflateStreamTest, NothingInManyBlocks) {
  std::string empty;
  for (int i = 0; i < 100'000; ++i) empty += std::string("\0\0\0\xff\xff", 5);
  start(empty);
  EXPECT_EQ(*read_all(), "");
}

TEST_P(DeflateStreamTest, NotCompressed) {
  start("* BAD I did not mean it\r\n");
  const auto read = read_all();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::protocol);
}

TEST_P(DeflateStreamTest, CutOff) {
  const auto all = compress("* 7 EXISTS\r\n");
  start(all.substr(0, all.size() / 2));
  const auto read = read_all();
  ASSERT_TRUE(read);
  EXPECT_LT(read->size(), 12u);
}

TEST_P(DeflateStreamTest, EndOfTheCompressedStream) {
  start(compress("bye\r\n", Z_FINISH) + "more in clear text");
  EXPECT_EQ(*read_all(), "bye\r\n");
}

// 100 MB of blanks in 100 KB: only what is read is inflated.
TEST_P(DeflateStreamTest, ABombIsInflatedAsItIsRead) {
  start(compress(std::string(100'000'000, ' ')));
  const auto some = read_all(10'000);
  ASSERT_TRUE(some);
  EXPECT_GE(some->size(), 10'000u);
  EXPECT_LE(some->size(), 10'000u + 4096);
  EXPECT_TRUE(stream_->readable());
}

}  // namespace
}  // namespace mailtool::client
