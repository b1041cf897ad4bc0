#include "app/part_row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "app/body_pass.h"
#include "unit/app_walk/walked.h"

namespace mailtool::app {
namespace {

using test::Walked;

const std::string kMixed = "Content-Type: multipart/mixed; boundary=b\n\n";
// "Subject: s\nContent-Type: multipart/mixed; boundary=q\n\n--q\n"
// "Content-Type: text/html\n\n<b>\n--q\n"
// "Content-Transfer-Encoding: base64\n\nSGk=\n--q--\n"
const std::string kInner =
    "U3ViamVjdDogcwpDb250ZW50LVR5cGU6IG11bHRpcGFydC9taXhlZDsgYm91bmRhcnk9cQoK\n"
    "LS1xCkNvbnRlbnQtVHlwZTogdGV4dC9odG1sCgo8Yj4KLS1xCkNvbnRlbnQtVHJhbnNmZXIt\n"
    "RW5jb2Rpbmc6IGJhc2U2NAoKU0drPQotLXEtLQo=\n";

struct Case {
  const char* why;
  std::string message;
  std::string outline;
  std::string defects;
};

const Case kCases[] = {
    {"a text", "Subject: s\n\nhello\n", "1 text/plain <hello\n>", ""},
    {"decoded", "Content-Transfer-Encoding: base64\n\nSGk=\n",
     "1 text/plain <Hi>", ""},
    {"uuencode in a text",
     "A: b\n\nsee\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n",
     "1 text/plain|1.1 text/plain uuencode cat.txt <Cat>", "embedded-file"},
    {"uuencode by name",
     "Content-Type: application/octet-stream; name=CAT.UUE\n\n"
     "begin 644 cat.txt\n#0V%T\n`\nend\n",
     "1 application/octet-stream CAT.UUE|1.1 text/plain uuencode cat.txt <Cat>",
     "embedded-file"},
    {"prose", "A: b\n\nbegin 644 words\nof it\n",
     "1 text/plain <begin 644 words\nof it\n>", ""},
    {"two files in the second part",
     kMixed + "--b\n\none\n--b\n\nbegin 644 a.txt\n#0V%T\n`\nend\n"
              "begin 600 b.txt\n\"2&D\n`\nend\n--b--\n",
     "0 multipart/mixed|1 text/plain <one>|2 text/plain|2.1 text/plain "
     "uuencode a.txt <Cat>|2.2 text/plain uuencode b.txt <Hi>",
     "embedded-file embedded-file"},
    {"a message in base64",
     kMixed + "--b\nContent-Type: message/rfc822\n"
              "Content-Transfer-Encoding: base64\n\n" +
         kInner + "--b\n\nlast\n--b--\n",
     "0 multipart/mixed|1 message/rfc822|1.0 multipart/mixed|1.1 text/html "
     "<<b>>|1.2 text/plain <Hi>|2 text/plain <last>",
     "encoding-on-composite"},
    {"a message in quoted-printable at the top",
     "Content-Type: message/rfc822\n"
     "Content-Transfer-Encoding: quoted-printable\n\nA:=20b\n\nc=3Dd\n",
     "1 message/rfc822|1.1 text/plain <c=d\n>", "encoding-on-composite"},
    {"junk in base64", "Content-Transfer-Encoding: base64\n\nS!Gk=\n",
     "1 text/plain <Hi>", "base64-junk"},
    {"a charset that is none", "Content-Type: text/plain; charset=x-none\n\nx",
     "1 text/plain <x>", "unknown-charset"},
};

TEST(PartRow, Table) {
  for (const auto& c : kCases) {
    for (const std::size_t chunk : {1u, 5u, 100'000u}) {
      Walked walked(c.message, chunk);
      EXPECT_EQ(walked.outline(), c.outline) << c.why << " " << chunk;
      EXPECT_EQ(walked.defects(), c.defects) << c.why << " " << chunk;
    }
  }
}

TEST(PartRow, MessagesInMessagesInBase64AreBounded) {
  std::string message = "A: b\n\nend\n";
  for (int i = 0; i < 20; ++i) {
    std::string encoded;
    StringSink out(1 << 24);
    mime::Base64Encoder encoder(out);
    ASSERT_TRUE(encoder.write(message));
    ASSERT_TRUE(encoder.finish());
    message = "Content-Type: message/rfc822\nContent-Transfer-Encoding: "
              "base64\n\n" +
              out.text();
  }
  Walked walked(message);
  const auto rows = walked.rows();
  EXPECT_GE(rows.size(), PartWalk::kMaxLevels);
  EXPECT_LE(rows.size(), PartWalk::kMaxLevels + 1);
  // What is not looked into can still be had.
  EXPECT_FALSE(walked.content(rows.back()).empty());
}

TEST(PartRow, AttachmentsAreWhatIsNotRead) {
  Walked walked(
      kMixed +
      "--b\n\ntext\n--b\nContent-Type: image/png\n\nx\n"
      "--b\nContent-Disposition: attachment\n\nnote\n"
      "--b\nContent-Type: message/rfc822\n\nA: b\nContent-Type: image/gif\n\ni\n"
      "--b\n\nbegin 644 cat.txt\n#0V%T\n`\nend\n--b--\n");
  const auto rows = walked.rows();
  std::string ids;
  for (const auto index : attachment_rows(rows)) ids += rows[index].id + " ";
  EXPECT_EQ(ids, "2 3 4 5.1 ");
}

TEST(PartRow, FoundById) {
  Walked walked(kCases[6].message);
  const auto rows = walked.rows();
  ASSERT_NE(find_row(rows, "1.2"), nullptr);
  EXPECT_EQ(walked.content(*find_row(rows, "1.2")), "Hi");
  EXPECT_EQ(find_row(rows, "1.3"), nullptr);
  EXPECT_EQ(find_row(rows, ""), nullptr);
  Walked single("\nx");
  const auto one = single.rows();
  EXPECT_EQ(find_row(one, "0"), one.data());
  EXPECT_EQ(find_row(one, "1"), one.data());
}

TEST(PartRow, RawIsAsItStands) {
  Walked walked(kCases[6].message);
  const auto rows = walked.rows();
  StringSink out(1 << 16);
  ASSERT_TRUE(copy_raw(walked.message(), *find_row(rows, "1.2"), out));
  EXPECT_EQ(out.text(), "SGk=");
}

TEST(PartRow, TextIsUtf8WithPlainLineEnds) {
  Walked walked("Content-Type: text/plain; charset=iso-8859-1\n\ngr\xfcn\r\n");
  StringSink out(1 << 16);
  ASSERT_TRUE(copy_text(walked.message(), walked.rows()[0], out));
  EXPECT_EQ(out.text(), "gr\xc3\xbcn\n");
}

TEST(PartRow, QuotedFromLinesAreUndone) {
  const std::string message =
      "A: b\n\n>From here\n>>From there\n> From\n>Fro\nx >From\n>";
  for (const std::size_t chunk : {1u, 3u, 100'000u}) {
    Walked walked(message, chunk, true);
    EXPECT_EQ(walked.outline(),
              "1 text/plain <From here\n>From there\n> From\n>Fro\nx >From\n>>")
        << chunk;
  }
  EXPECT_EQ(Walked(message).outline(),
            "1 text/plain <>From here\n>>From there\n> From\n>Fro\nx >From\n>>");
}

std::string in_base64(const std::string& text) {
  StringSink out(1 << 24);
  mime::Base64Encoder encoder(out);
  EXPECT_TRUE(encoder.write(text));
  EXPECT_TRUE(encoder.finish());
  return "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" +
         out.text() + "\n";
}

// Counts what is read.
class CountedAccess : public RandomAccess {
 public:
  explicit CountedAccess(const RandomAccess& input) : input_(input) {}
  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    octets_ += length;
    return input_.copy(offset, length, to);
  }
  [[nodiscard]] std::uint64_t take_count() { return std::exchange(octets_, 0); }

 private:
  const RandomAccess& input_;
  mutable std::uint64_t octets_ = 0;
};

class Collected : public BodyReceiver {
 public:
  Result<Sink*> begin_body(std::size_t index) override {
    EXPECT_EQ(index, texts.size());
    return &texts.emplace_back(1 << 24);
  }
  Result<void> end_body(std::size_t index) override {
    EXPECT_EQ(index + 1, texts.size());
    ++ended;
    return {};
  }
  std::deque<StringSink> texts;
  std::size_t ended = 0;
};

TEST(CopyBodies, EachEncodedBodyIsReadOnce) {
  const std::string innermost =
      kMixed + "--b\n\ndeep 1\n--b\nContent-Transfer-Encoding: "
               "quoted-printable\n\n=64eep 2\n--b\n\n\n--b--\n";
  std::string nested = kMixed;
  for (int i = 0; i < 3; ++i) {
    nested += "--b\n\nbefore\n--b\n" + in_base64(innermost) + "\n";
  }
  nested += "--b\n\nlast\n--b--\n";
  Walked walked(kMixed + "--b\n\ntop\n--b\n" + in_base64(nested) +
                "--b\n\nend\n--b--\n");
  auto message = walked.message();
  const auto rows = walked.rows();
  std::vector<const PartRow*> leaves;
  for (const auto& row : rows) {
    if (!row.has_children) leaves.push_back(&row);
  }
  ASSERT_EQ(leaves.size(), 15u);
  CountedAccess counted(*message.input);
  message.input = &counted;
  std::uint64_t once = 0;
  for (const auto& part : message.structure.parts) {
    if (part.is_leaf()) once += part.body.length;
  }
  for (const bool backwards : {false, true}) {
    if (backwards) std::reverse(leaves.begin(), leaves.end());
    Collected collected;
    ASSERT_TRUE(copy_bodies(message, leaves, true, collected));
    EXPECT_EQ(counted.take_count() == once, !backwards);
    EXPECT_EQ(collected.ended, leaves.size());
    ASSERT_EQ(collected.texts.size(), leaves.size());
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      EXPECT_EQ(collected.texts[i].text(), walked.content(*leaves[i]));
    }
  }
}

TEST(CopyBodies, WhatHoldsTheNextRowIsNotWithinTheSamePass) {
  Walked walked(in_base64(kMixed + "--b\n\none\n--b\n\ntwo\n--b--\n"));
  const auto rows = walked.rows();
  std::vector<const PartRow*> all;
  for (const auto& row : rows) all.push_back(&row);
  Collected collected;
  ASSERT_TRUE(copy_bodies(walked.message(), all, true, collected));
  ASSERT_EQ(collected.texts.size(), 4u);
  EXPECT_EQ(collected.texts[1].text(), "--b\n\none\n--b\n\ntwo\n--b--\n");
  EXPECT_EQ(collected.texts[2].text(), "one");
  EXPECT_EQ(collected.texts[3].text(), "two");
}

TEST(CopyBodies, NothingBehindTheLastIsRead) {
  Walked walked(in_base64(kMixed + "--b\n\none\n--b\n\n" +
                          std::string(4'000'000, 'x') + "\n--b--\n"));
  auto message = walked.message();
  CountedAccess counted(*message.input);
  message.input = &counted;
  StringSink out(1 << 10);
  const auto rows = walked.rows();
  ASSERT_TRUE(copy_decoded(message, *find_row(rows, "1.1"), out));
  EXPECT_EQ(out.text(), "one");
  EXPECT_LE(counted.take_count(), 2'000'000u);
}

}  // namespace
}  // namespace mailtool::app
