#include "mailtool/base/transcript.h"

#include <gtest/gtest.h>

#include "support/dialogue_stream.h"

namespace mailtool {
namespace {

std::string read_all(Stream& stream, std::size_t count) {
  std::string text;
  char buffer[64];
  while (text.size() < count) {
    const auto got = stream.read_some({buffer, sizeof buffer});
    if (!got || *got == 0) break;
    text.append(buffer, *got);
  }
  return text;
}

constexpr const char* kDialogue =
    "S: +OK ready\n"
    "C: STLS\n"
    "S: +OK\n"
    "<TLS negotiation>\n"
    "C: PASS ****\n"
    "S: -ERR \\x1b[2J\n";

TEST(Transcript, IsADialogueThatPlaysAgain) {
  for (const std::size_t chunk : {4096u, 1u}) {
    StringSink sink(10'000);
    {
      Transcript transcript(sink);
      auto stream = with_transcript(
          std::make_unique<test::DialogueStream>(
              test::parse_dialogue(kDialogue), chunk),
          transcript);
      read_all(*stream, 11);
      ASSERT_TRUE(stream->write_all("STLS\r\n"));
      read_all(*stream, 5);
      ASSERT_TRUE(stream->start_tls());
      ASSERT_TRUE(stream->write_secret("PASS geheim\r\n", "PASS ****\r\n"));
      read_all(*stream, 11);
    }
    EXPECT_EQ(sink.text(), kDialogue);
    EXPECT_EQ(sink.text().find("geheim"), std::string::npos);
  }
}

// -v and --transcript together: the inner one wrote the secret as it went.
TEST(Transcript, TwoOverEachOtherMaskAlike) {
  StringSink inner_sink(10'000);
  StringSink outer_sink(10'000);
  {
    Transcript inner(inner_sink);
    Transcript outer(outer_sink);
    auto stream = with_transcript(
        with_transcript(std::make_unique<test::DialogueStream>(
                            test::parse_dialogue("C: PASS ****\n"), 100),
                        inner),
        outer);
    ASSERT_TRUE(stream->write_secret("PASS geheim\r\n", "PASS ****\r\n"));
  }
  EXPECT_EQ(inner_sink.text(), "C: PASS ****\n");
  EXPECT_EQ(outer_sink.text(), "C: PASS ****\n");
}

TEST(Transcript, ElidesLongRuns) {
  StringSink sink(10'000);
  {
    Transcript transcript(sink, 2);
    transcript.client("a\r\nb\r\nc\r\nd\r\n");
    transcript.server("250 ok\r\n");
  }
  EXPECT_EQ(sink.text(),
            "C: a\nC: b\n# ... 2 more lines from the client\nS: 250 ok\n");
}

TEST(Transcript, GivesUpAFullSinkAndGoesOn) {
  StringSink sink(4);
  Transcript transcript(sink);
  transcript.client("EHLO a\r\n");
  transcript.client("QUIT\r\n");
  EXPECT_EQ(sink.text(), "");
}

}  // namespace
}  // namespace mailtool
