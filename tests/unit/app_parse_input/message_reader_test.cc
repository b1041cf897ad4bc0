#include "app/message_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <thread>

#include "support/recorded_messages.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

class MessageReaderTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const {
    return (temp_.path() / name).string();
  }
  void store(const std::string& name, std::string_view octets) {
    std::ofstream(path(name), std::ios::binary) << octets;
  }
  static MessageFolder argument(const std::string& path) {
    MessageFolder folder;
    folder.add(path, false);
    return folder;
  }
  MessageFolder in_folder(const std::string& name, bool one_message) {
    MessageFolder folder(temp_.path().string(),
                         ::open(temp_.path().c_str(), O_RDONLY | O_DIRECTORY));
    folder.add(name, one_message);
    return folder;
  }
  // As a pipe gives it: some octets at a time.
  std::thread feed_pipe(const std::string& name, std::string octets) {
    EXPECT_EQ(::mkfifo(path(name).c_str(), 0600), 0);
    return std::thread([this, name, text = std::move(octets)] {
      const int end = ::open(path(name).c_str(), O_WRONLY);
      std::mt19937 random(1);
      for (std::size_t at = 0; at < text.size();) {
        const auto piece = std::string_view(text).substr(
            at, 1 + random() % (random() % 8 == 0 ? 200'000 : 3000));
        const auto written = ::write(end, piece.data(), piece.size());
        if (written <= 0) break;
        at += static_cast<std::size_t>(written);
      }
      ::close(end);
    });
  }

  const test::TempDir temp_;
  test::RecordingReport report_;
};

// Messages of all sizes, some of which look like more, and what they are.
struct Mbox {
  std::string octets;
  std::vector<std::string> messages;
  std::vector<std::uint64_t> offsets;
};

Mbox make_mbox(bool counted) {
  std::mt19937 random(counted ? 1 : 2);
  Mbox mbox;
  for (int i = 0; i < 60; ++i) {
    std::string body;
    const auto size = random() % (i % 9 == 0 ? 400'000 : 5000);
    while (body.size() < size) {
      body += "line " + std::to_string(body.size()) + "\n";
      if (random() % 50 == 0) body += "\n>From here\n\n";
      if (counted && random() % 50 == 0) {
        body += "\nFrom eve@crepes.fr Fri Nov 20 12:00:00 2026\n\n";
      }
    }
    std::string message =
        "From bob Fri Nov 20 12:00:00 2026\nSubject: " + std::to_string(i) +
        "\n";
    if (counted) {
      message += "Content-Length: " + std::to_string(body.size()) + "\n";
    }
    message += "\n" + body;
    mbox.offsets.push_back(mbox.octets.size());
    mbox.octets += message + "\n";
    mbox.messages.push_back(message);
  }
  return mbox;
}

void expect_messages(const test::RecordingConsumer& consumer, const Mbox& mbox,
                     std::string_view flavour) {
  ASSERT_EQ(consumer.messages.size(), mbox.messages.size());
  for (std::size_t i = 0; i < mbox.messages.size(); ++i) {
    const auto& message = consumer.messages[i];
    EXPECT_TRUE(message.octets == mbox.messages[i]) << i;
    EXPECT_TRUE(message.again == mbox.messages[i]) << i;
    EXPECT_EQ(message.place.offset, mbox.offsets[i]);
    EXPECT_EQ(message.place.index, i);
    EXPECT_EQ(message.place.flavour, flavour);
    EXPECT_EQ(message.place.quoted_from, flavour == "mboxrd");
  }
}

TEST_F(MessageReaderTest, FileAndPipeGiveTheSame) {
  for (const bool counted : {false, true}) {
    const auto mbox = make_mbox(counted);
    const std::string name = counted ? "cl" : "rd";
    store(name, mbox.octets);
    MessageReader reader({.again = true}, report_);
    test::RecordingConsumer of_file;
    ASSERT_TRUE(reader.read(argument(path(name)), 0, of_file));
    expect_messages(of_file, mbox, counted ? "mboxcl2" : "mboxrd");
    EXPECT_EQ(of_file.messages[1].place.source, path(name));

    auto writer = feed_pipe(name + ".pipe", mbox.octets);
    test::RecordingConsumer of_pipe;
    const auto read = reader.read(argument(path(name + ".pipe")), 0, of_pipe);
    writer.join();
    ASSERT_TRUE(read);
    expect_messages(of_pipe, mbox, counted ? "mboxcl2" : "mboxrd");
    EXPECT_EQ(reader.count(), 2 * mbox.messages.size());
    reader.restart_count();
  }
  EXPECT_TRUE(report_.errors.empty());
  EXPECT_EQ(report_.messages, 240u);
}

TEST_F(MessageReaderTest, RangesGiveTheSame) {
  const auto mbox = make_mbox(false);
  store("mbox", "junk" + mbox.octets);
  std::vector<MboxRange> ranges;
  for (std::size_t i = 10; i < 40; ++i) {
    ranges.push_back(
        {mbox.offsets[i], mbox.messages[i].size(), MboxFlavour::mboxrd});
  }
  const int file = ::open(path("mbox").c_str(), O_RDONLY);
  MessageReader reader({.again = true}, report_);
  test::RecordingConsumer all;
  ASSERT_TRUE(reader.read(file, 4, "mbox", 10, ranges, all));
  ASSERT_EQ(all.messages.size(), ranges.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    EXPECT_TRUE(all.messages[i].octets == mbox.messages[10 + i]) << i;
    EXPECT_TRUE(all.messages[i].again == mbox.messages[10 + i]) << i;
    EXPECT_EQ(all.messages[i].place.offset, mbox.offsets[10 + i] + 4);
    EXPECT_EQ(all.messages[i].place.index, 10 + i);
  }
  test::RecordingConsumer heads(1);
  ASSERT_TRUE(reader.read(file, 4, "mbox", 10, ranges, heads));
  ASSERT_EQ(heads.messages.size(), ranges.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    EXPECT_TRUE(mbox.messages[10 + i].starts_with(heads.messages[i].octets));
    EXPECT_FALSE(heads.messages[i].octets.empty());
  }
  ranges.push_back({mbox.octets.size(), 1, MboxFlavour::mboxrd});
  EXPECT_FALSE(reader.read(file, 4, "mbox", 10, ranges, heads));
  ::close(file);
}

TEST_F(MessageReaderTest, AMessageInAFolderIsNeverSplit) {
  const auto mbox = make_mbox(false);
  store("one", mbox.octets);
  MessageReader reader({.again = true}, report_);
  test::RecordingConsumer whole;
  ASSERT_TRUE(reader.read(in_folder("one", true), 0, whole));
  ASSERT_EQ(whole.messages.size(), 1u);
  EXPECT_TRUE(whole.messages[0].octets == mbox.octets);
  EXPECT_TRUE(whole.messages[0].again == mbox.octets);
  EXPECT_EQ(whole.messages[0].place.flavour, "");
  test::RecordingConsumer split;
  ASSERT_TRUE(reader.read(in_folder("one", false), 0, split));
  EXPECT_EQ(split.messages.size(), mbox.messages.size());
}

TEST_F(MessageReaderTest, ReadsNoMoreThanIsWanted) {
  store("large", "Subject: x\n\n" + std::string(1'000'000, 'x'));
  for (const bool one_message : {true, false}) {
    MessageReader reader({.header_only = true}, report_);
    test::RecordingConsumer consumer(1);
    ASSERT_TRUE(reader.read(in_folder("large", one_message), 0, consumer));
    ASSERT_EQ(consumer.messages.size(), 1u);
    EXPECT_LE(consumer.messages[0].octets.size(), 16u * 1024);
  }
  // Of an mbox the search for the next message goes on.
  const auto mbox = make_mbox(false);
  store("mbox", mbox.octets);
  MessageReader reader({.header_only = true}, report_);
  test::RecordingConsumer consumer(1);
  ASSERT_TRUE(reader.read(argument(path("mbox")), 0, consumer));
  EXPECT_EQ(consumer.messages.size(), mbox.messages.size());
}

TEST_F(MessageReaderTest, AMessageThatFailsIsReportedAndTheNextFollows) {
  const auto mbox = make_mbox(false);
  store("mbox", mbox.octets);
  MessageReader reader({}, report_);
  test::RecordingConsumer consumer;
  consumer.fails_at = 5;
  ASSERT_TRUE(reader.read(argument(path("mbox")), 0, consumer));
  EXPECT_EQ(consumer.ended, mbox.messages.size());
  EXPECT_EQ(report_.errors, std::vector<std::string>{path("mbox") + ": fails"});
  consumer.fails_at = consumer.ended + 3;
  consumer.failure.kind = ErrorKind::local_io;
  EXPECT_FALSE(reader.read(argument(path("mbox")), 0, consumer));
  EXPECT_EQ(consumer.ended, mbox.messages.size() + 3);
}

TEST_F(MessageReaderTest, EmptyAbsentAndOddFiles) {
  store("empty", "");
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  MessageReader reader({}, report_);
  test::RecordingConsumer consumer;
  const auto kind = [&](const MessageFolder& folder) {
    const auto read = reader.read(folder, 0, consumer);
    return read ? std::optional<ErrorKind>() : read.error().kind;
  };
  EXPECT_EQ(kind(argument(path("empty"))), ErrorKind::bad_input);
  EXPECT_EQ(kind(in_folder("empty", true)), ErrorKind::bad_input);
  EXPECT_EQ(kind(argument(path("none"))), ErrorKind::no_input);
  EXPECT_EQ(kind(in_folder("none", true)), ErrorKind::no_input);
  EXPECT_EQ(kind(in_folder("fifo", true)), std::nullopt);
  EXPECT_TRUE(consumer.messages.empty());
}

}  // namespace
}  // namespace mailtool::app
