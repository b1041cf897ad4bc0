// What is signed, encrypted or may not be encoded stays as it is.
#include "transcoded.h"

namespace mailtool::mime {
namespace {

using test::transcoded;

const std::string kUmlauts = "gr\xc3\xbc\xc3\x9f" "e an alle\r\n";

std::string multipart(const std::string& type, const std::string& first,
                      const std::string& second) {
  return "Content-Type: " + type + "; boundary=\"" + type + "\"\r\n\r\n--" +
         type + "\r\n" + first + "\r\n--" + type + "\r\n" + second + "\r\n--" +
         type + "--\r\n";
}

const std::string kText = "Content-Type: text/plain\r\n\r\n" + kUmlauts;
const std::string kAscii = "Content-Type: text/plain\r\n\r\nabc\r\n";
const std::string kMime = "MIME-Version: 1.0\r\n";

struct Case {
  const char* why;
  std::string message;
  std::string error;  // what it says; empty: the message is rewritten
};

const Case kCases[] = {
    {"DKIM", "DKIM-Signature: v=1\r\n" + kMime + kText,
     "part 1 (text/plain) holds octets beyond ASCII and is signed "
     "(DKIM-Signature): it cannot be rewritten"},
    {"ARC", kMime + "arc-seal: i=1\r\n" + kText,
     "part 1 (text/plain) holds octets beyond ASCII and is signed "
     "(ARC-Seal): it cannot be rewritten"},
    {"ARC message", kMime + "ARC-Message-Signature: i=1\r\n" + kText,
     "part 1 (text/plain) holds octets beyond ASCII and is signed "
     "(ARC-Message-Signature): it cannot be rewritten"},
    {"a field that only tells of signatures",
     kMime + "Authentication-Results: x; dkim=pass\r\n" + kText, ""},
    {"in a part of what DKIM covers",
     "DKIM-Signature: v=1\r\n" + kMime +
         multipart("multipart/mixed", kAscii, kText),
     "part 2 (text/plain) holds octets beyond ASCII and is signed "
     "(DKIM-Signature): it cannot be rewritten"},
    {"attached message with DKIM",
     kMime + multipart("multipart/mixed", kAscii,
                       "Content-Type: message/rfc822\r\n\r\n"
                       "DKIM-Signature: v=1\r\n" + kText),
     "part 2.1 (text/plain) holds octets beyond ASCII and is signed "
     "(DKIM-Signature): it cannot be rewritten"},
    {"beside an attached message with DKIM",
     kMime + multipart("multipart/mixed", kText,
                       "Content-Type: message/rfc822\r\n\r\n"
                       "DKIM-Signature: v=1\r\n" + kAscii),
     ""},
    {"multipart/signed", kMime + multipart("multipart/signed", kText, kAscii),
     "part 1 (text/plain) holds octets beyond ASCII and is signed "
     "(multipart/signed): it cannot be rewritten"},
    {"deep within multipart/signed",
     kMime + multipart("multipart/signed",
                       multipart("multipart/mixed", kAscii, kText), kAscii),
     "part 1.2 (text/plain) holds octets beyond ASCII and is signed "
     "(multipart/signed): it cannot be rewritten"},
    {"the signature itself",
     kMime + multipart("multipart/signed", kAscii,
                       "Content-Type: application/pkcs7-signature\r\n"
                       "Content-Transfer-Encoding: binary\r\n\r\n\xff\xfe"),
     ""},
    {"beside multipart/signed",
     kMime + multipart("multipart/mixed", kText,
                       multipart("multipart/signed", kAscii, kAscii)),
     ""},
    {"multipart/encrypted",
     kMime + multipart("multipart/encrypted", kAscii,
                       "Content-Type: application/octet-stream\r\n"
                       "Content-Transfer-Encoding: 8bit\r\n\r\n\xff"),
     "part 2 (application/octet-stream) holds octets beyond ASCII and is "
     "encrypted (multipart/encrypted): it cannot be rewritten"},
    {"message/partial",
     kMime + "Content-Type: message/partial; id=x; number=1\r\n\r\n\xff\r\n",
     "part 1 (message/partial) holds octets beyond ASCII, and a part of this "
     "type may not be encoded"},
    {"a report",
     kMime + "Content-Type: message/delivery-status\r\n\r\nA: \xff\r\n", ""},
    {"boundary beyond ASCII",
     kMime + "Content-Type: multipart/mixed; boundary=\"\xc3\xbc\"\r\n\r\n"
             "--\xc3\xbc\r\n\r\nx\r\n--\xc3\xbc--\r\n",
     "the boundary of part 0 (multipart/mixed) holds octets that cannot be "
     "sent"},
    {"a part that some see",
     kMime + multipart("multipart/mixed", kAscii, kAscii) +
         "--multipart/mixed\r\n\r\n" + kUmlauts,
     "part 0 (multipart/mixed) holds octets beyond ASCII behind its end, where "
     "some readers see another part"},
    {"an old encoding that does not decode",
     kMime + "Content-Transfer-Encoding: x-uuencode\r\n\r\n" + kUmlauts,
     "part 1 (text/plain) holds octets beyond ASCII, and its x-uuencode cannot "
     "be read to encode it anew"},
};

TEST(Transcode, WhatStaysAsItIs) {
  for (const auto& c : kCases) {
    const auto result = transcoded(c.message);
    EXPECT_EQ(result.error, c.error) << c.why;
    if (!c.error.empty()) continue;
    EXPECT_TRUE(result.report.changed) << c.why;
    EXPECT_TRUE(is_ascii(result.text)) << c.why;
    EXPECT_EQ(test::leaves(result.text), test::leaves(c.message)) << c.why;
  }
}

// A label that claims too much is no reason to break a signature.
TEST(Transcode, LabelsOfWhatIsSignedStay) {
  const auto message =
      kMime + multipart("multipart/signed",
                        "Content-Transfer-Encoding: 8bit\r\n\r\nabc\r\n",
                        kAscii);
  const auto result = transcoded(message);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.text, message);
}

TEST(Transcode, HeadersOfWhatIsSignedStay) {
  const auto header = "X: a" + std::string("\0b\r\n", 4);
  EXPECT_EQ(transcoded(header + "DKIM-Signature: v=1\r\n\r\nx\r\n").error,
            "part 1 (text/plain) holds a header field (X) with NUL or CR "
            "without LF and is signed (DKIM-Signature): it cannot be rewritten");
  const std::string raw = "Subject: \xc3\xbc\r\nDKIM-Signature: v=1\r\n\r\nx\r\n";
  const auto kept = transcoded(raw, {.encode_header = true});
  EXPECT_EQ(kept.text, raw);
  ASSERT_TRUE(kept.report.raw_field);
  EXPECT_EQ(*kept.report.raw_field, (FieldChange{"1", "Subject", "raw"}));
}

// Beyond the limits what is a part cannot be known; what needs no change goes.
TEST(Transcode, BeyondTheLimits) {
  std::string message = kMime + "Content-Type: multipart/mixed; boundary=x\r\n\r\n";
  for (int i = 0; i < 30; ++i) message += "--x\r\n\r\nabc\r\n";
  const TranscodeOptions options{.limits = {.parts = 20}};
  EXPECT_EQ(transcoded(message + "--x--\r\n", options).error, "");
  EXPECT_EQ(transcoded(message + "--x\r\n\r\n" + kUmlauts + "--x--\r\n", options)
                .error,
            "part 0 (multipart/mixed) holds octets beyond ASCII, and the message "
            "has more parts or header fields than can be rewritten");
  std::string deep = kMime;
  for (int i = 0; i < 10; ++i) {
    const auto boundary = "b" + std::to_string(i);
    deep += "Content-Type: multipart/mixed; boundary=" + boundary +
            "\r\n\r\n--" + boundary + "\r\n";
  }
  deep += "\r\n" + kUmlauts;
  EXPECT_EQ(transcoded(deep, {.limits = {.depth = 5}}).error,
            "part 1.1.1.1.1 (multipart/mixed) holds octets beyond ASCII, and a "
            "part of this type may not be encoded");
  EXPECT_EQ(test::leaves(transcoded(deep).text), test::leaves(deep));
}

}  // namespace
}  // namespace mailtool::mime
