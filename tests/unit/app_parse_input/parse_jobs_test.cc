#include "app/parse_jobs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

class CutOffSink : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    left_ -= std::min(left_, octets.size());
    if (left_ > 0) return {};
    return Error{ErrorKind::local_io, "no room"};
  }

 private:
  std::size_t left_ = 100'000;
};

class ParseJobsTest : public testing::Test {
 protected:
  ParseJobsTest() {
    std::filesystem::create_directories(temp_.path() / "m/cur");
    std::filesystem::create_directories(temp_.path() / "m/new");
    for (int i = 0; i < 300; ++i) {
      store("m/cur/" + std::to_string(i), message(i, 100));
    }
    std::string mbox;
    for (int i = 0; i < 900; ++i) {
      mbox += "From bob Fri Nov 20 12:00:00 2026\n";
      mbox += message(i, i % 100 == 0 ? 300'000 : 3000) + "\n";
    }
    store("box.mbox", mbox);
    store("large", message(0, 3'000'000));
    store("empty", "");
    store("x.eml", message(1, 10));
  }

  void store(const std::string& name, const std::string& octets) const {
    std::ofstream(temp_.path() / name, std::ios::binary) << octets;
  }
  static std::string message(int number, std::size_t size) {
    std::string text = "Subject: message " + std::to_string(number) +
                       "\nContent-Type: text/plain; charset=utf-8\n\n";
    while (text.size() < size) text += "été, " + std::to_string(size) + "\n";
    return text + (number % 50 == 7 ? "\xff\n" : "\n");
  }

  struct Outcome {
    std::string octets;
    std::vector<std::string> errors;
    std::uint64_t messages = 0;
    std::uint64_t defects = 0;
    std::string first_defect;
  };

  MessageFiles files() const {
    std::vector<std::string> arguments;
    for (const char* name : {"empty", "none", "x.eml", "box.mbox", "m", "x.eml",
                             "large", "none/too", "m", "box.mbox", "empty"}) {
      arguments.push_back((temp_.path() / name).string());
    }
    return MessageFiles(arguments, false);
  }

  Outcome run(const DumpOptions& options, unsigned jobs) const {
    Outcome outcome;
    StringSink sink(std::size_t{1} << 30);
    ParseProgress progress(-1);
    const ParseRun run{options,
                       {.again = options.needs_body(),
                        .header_only = options.needs_header_alone()},
                       sink,
                       progress,
                       [&](const Error& error) {
                         outcome.errors.push_back(error.one_line());
                       }};
    auto inputs = files();
    const auto totals = jobs == 0 ? parse_alone(run, nullptr, nullptr, inputs)
                                  : parse_in_threads(run, jobs, inputs);
    EXPECT_TRUE(totals);
    outcome.octets = sink.take();
    outcome.messages = totals->messages;
    outcome.defects = totals->defects.count;
    outcome.first_defect = totals->defects.source;
    return outcome;
  }

  const test::TempDir temp_;
};

TEST_F(ParseJobsTest, ThreadsGiveWhatOneGives) {
  for (const auto form : {DumpForm::tree, DumpForm::json, DumpForm::headers,
                          DumpForm::text, DumpForm::part, DumpForm::count}) {
    DumpOptions options;
    options.form = form;
    options.part = "2";  // there is none: an error for each message
    options.strict = form == DumpForm::count;
    const auto alone = run(options, 0);
    EXPECT_EQ(alone.messages, 2403u);
    EXPECT_EQ(alone.errors.size(), form == DumpForm::part ? 2407u : 4u);
    for (const unsigned jobs : {1u, 2u, 5u}) {
      const auto together = run(options, jobs);
      EXPECT_TRUE(together.octets == alone.octets)
          << static_cast<int>(form) << ", " << jobs << " jobs";
      EXPECT_EQ(together.errors, alone.errors);
      EXPECT_EQ(together.messages, alone.messages);
      EXPECT_EQ(together.defects, alone.defects);
      EXPECT_EQ(together.first_defect, alone.first_defect);
    }
    if (options.strict) {
      EXPECT_GT(alone.defects, 0u);
    }
  }
}

TEST_F(ParseJobsTest, AFullDiskEndsTheRun) {
  DumpOptions options;
  options.form = DumpForm::json;
  ParseProgress progress(-1);
  std::size_t errors = 0;
  for (const unsigned jobs : {0u, 1u, 4u}) {
    CutOffSink sink;
    const ParseRun run{
        options, {}, sink, progress, [&](const Error&) { ++errors; }};
    auto inputs = files();
    const auto totals = jobs == 0 ? parse_alone(run, nullptr, nullptr, inputs)
                                  : parse_in_threads(run, jobs, inputs);
    ASSERT_FALSE(totals);
    EXPECT_EQ(totals.error().what, "no room");
  }
  EXPECT_LE(errors, 6u);  // of the inputs before
}

}  // namespace
}  // namespace mailtool::app
