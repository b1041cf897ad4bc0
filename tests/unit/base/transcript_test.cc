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
      auto stream = with_transcript(std::make_unique<test::DialogueStream>(
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

constexpr const char* kServerFirst = "cj1mb28sczE2PVNBTFQsaT00MDk2";
constexpr const char* kServerFinal = "dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFU=";

struct Exchange {
  const char* start;      // as it is sent, no secret in it
  const char* challenge;  // what stands before the data
  const char* last;
};
class TranscriptOfSasl : public testing::TestWithParam<Exchange> {};

// Whoever reads the log must not learn what passwords can be tried with.
TEST_P(TranscriptOfSasl, HidesWhatTheServerProves) {
  const auto& c = GetParam();
  const auto said = [&](const std::string& first, const std::string& last) {
    return "C: " + std::string(c.start) + "\nS: " + c.challenge +
           "\nC: ****\nS: " + c.challenge + first + "\nC: ****\nS: " + c.last +
           last + " Logged in\nC: NOOP\nS: 250 " + kServerFinal + "\n";
  };
  for (const std::size_t chunk : {4096u, 1u}) {
    StringSink sink(10'000);
    const auto played = said(kServerFirst, kServerFinal);
    {
      Transcript transcript(sink);
      auto stream = with_transcript(std::make_unique<test::DialogueStream>(
                                        test::parse_dialogue(played), chunk),
                                    transcript);
      const auto length = [](const std::string& line) {
        return line.size() + 2;
      };
      ASSERT_TRUE(stream->write_all(std::string(c.start) + "\r\n"));
      read_all(*stream, length(c.challenge));
      ASSERT_TRUE(stream->write_secret("biwsbj1ib2I=\r\n", "****\r\n"));
      read_all(*stream, length(std::string(c.challenge) + kServerFirst));
      ASSERT_TRUE(stream->write_secret("cD1wcm9vZg==\r\n", "****\r\n"));
      read_all(*stream,
               length(c.last + std::string(kServerFinal) + " Logged in"));
      // What comes later is no part of it.
      ASSERT_TRUE(stream->write_all("NOOP\r\n"));
      read_all(*stream, length(std::string("250 ") + kServerFinal));
    }
    EXPECT_EQ(sink.text(), said("****", "****"));
    const auto again = test::parse_dialogue(sink.text());
    EXPECT_EQ(again.size(), test::parse_dialogue(played).size());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Protocols, TranscriptOfSasl,
    testing::Values(Exchange{"A1 AUTHENTICATE SCRAM-SHA-256", "+ ",
                             "A1 OK [CAPABILITY IMAP4rev1 XAPPLEPUSHSERVICE] "},
                    Exchange{"AUTH SCRAM-SHA-256", "334 ", "235 2.7.0 "},
                    Exchange{"AUTH SCRAM-SHA-256", "+ ", "+OK "}));

TEST(Transcript, ShowsWhatIsMeantForPeople) {
  StringSink sink(10'000);
  Transcript transcript(sink);
  transcript.authenticates(true);
  transcript.server(
      "+ go ahead\r\n+ \r\n334\r\n535 5.7.8 Authentication failed\r\n");
  EXPECT_EQ(sink.text(),
            "S: + go ahead\nS: + \nS: 334\n"
            "S: 535 5.7.8 Authentication failed\n");
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
