// What recognises a message: the same from RETR and from TOP, in any split.

#include "app/fetch_header_digest.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

HeaderDigest digest(std::string_view message, std::size_t chunk = SIZE_MAX) {
  HeaderDigester digester;
  for (; !message.empty();
       message.remove_prefix(std::min(chunk, message.size()))) {
    digester.update(message.substr(0, chunk));
  }
  return digester.finish();
}

const std::string kMessage =
    "Received: from a by b\r\n"
    "Message-ID: <1@crepes.fr>\r\n"
    "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"
    "From: Alice <alice@crepes.fr>\r\n"
    "To: bob@hamburger.edu,\r\n\tcarol@hamburger.edu\r\n"
    "Subject: The\tmenu \r\n"
    "\r\n"
    "Subject: not this\r\n\r\nbody\r\n";

TEST(HeaderDigest, AnySplitGivesTheSame) {
  const auto whole = digest(kMessage);
  for (std::size_t chunk = 1; chunk < kMessage.size(); ++chunk) {
    const auto split = digest(kMessage, chunk);
    EXPECT_EQ(split.value, whole.value) << chunk;
    EXPECT_EQ(split.whole, whole.whole) << chunk;
  }
}

TEST(HeaderDigest, IsDoneAtTheEmptyLine) {
  HeaderDigester digester;
  digester.update("A: b\r\n");
  EXPECT_FALSE(digester.done());
  digester.update("\r");
  EXPECT_FALSE(digester.done());
  digester.update("\nbody");
  EXPECT_TRUE(digester.done());
  EXPECT_EQ(digester.finish().whole, sha256("A: b\n"));
}

struct Pair {
  const char* why;
  std::string one;
  std::string other;
};

const Pair kSame[] = {
    {"the body is not looked at", kMessage,
     kMessage.substr(0, kMessage.find("\r\n\r\n") + 4)},
    {"TOP without the empty line", kMessage,
     kMessage.substr(0, kMessage.find("\r\n\r\n") + 2)},
    {"TOP with one that the message has not", "A: b\r\n", "A: b\r\n\r\n"},
    {"LF alone", "Message-ID: x\r\nTo: a,\r\n b\r\n\r\n",
     "Message-ID: x\nTo: a,\n b\n\n"},
    {"a last line without its end", "A: b\r\n", "A: b"},
    {"nothing at all", "", "\r\n"},
    {"no header", "\r\nbody\r\n", "\r\nanother\r\n"},
};

TEST(HeaderDigest, SameHeader) {
  for (const auto& pair : kSame) {
    EXPECT_EQ(digest(pair.one).value, digest(pair.other).value) << pair.why;
    EXPECT_EQ(digest(pair.one).whole, digest(pair.other).whole) << pair.why;
  }
}

const Pair kSameValue[] = {
    {"a trace line more", kMessage, "Received: from b by c\r\n" + kMessage},
    {"another order", "Message-ID: x\r\nSubject: s\r\n\r\n",
     "Subject: s\r\nMessage-ID: x\r\n\r\n"},
    {"another folding", "Message-ID: x\r\nTo: a,\r\n\tb\r\n\r\n",
     "Message-ID:\r\n x\r\nTo: a, b\r\n\r\n"},
    {"blanks at the ends", "Message-ID: x\r\n\r\n", "message-id :x \t\r\n\r\n"},
    {"the first of each counts", "Message-ID: x\r\nTo: a\r\n\r\n",
     "Message-ID: x\r\nTo: a\r\nTo: b\r\nMessage-ID: y\r\n\r\n"},
};

TEST(HeaderDigest, SameMessageWithAnotherHeader) {
  for (const auto& pair : kSameValue) {
    EXPECT_EQ(digest(pair.one).value, digest(pair.other).value) << pair.why;
    EXPECT_NE(digest(pair.one).whole, digest(pair.other).whole) << pair.why;
  }
}

const Pair kDiffer[] = {
    {"another Message-ID", "Message-ID: x\r\n\r\n", "Message-ID: y\r\n\r\n"},
    {"another Subject", "Message-ID: x\r\nSubject: a\r\n\r\n",
     "Message-ID: x\r\nSubject: b\r\n\r\n"},
    {"an empty field is a field", "Message-ID: x\r\nTo:\r\n\r\n",
     "Message-ID: x\r\n\r\n"},
    {"fields do not run together", "Message-ID: x\r\nDate: ab\r\n\r\n",
     "Message-ID: x\r\nDate: a\r\nFrom: b\r\n\r\n"},
    {"words do not run together", "Message-ID: x\r\nTo: a b\r\n\r\n",
     "Message-ID: x\r\nTo: ab\r\n\r\n"},
    {"without Message-ID every line counts", "To: a\r\n\r\n",
     "Received: r\r\nTo: a\r\n\r\n"},
    {"an empty Message-ID is none", "Message-ID: \r\nTo: a\r\n\r\n",
     "Message-ID: \r\nReceived: r\r\nTo: a\r\n\r\n"},
    {"a bare CR does not end a line", "A: b\rMessage-ID: x\r\n\r\n",
     "A: b\r\nMessage-ID: x\r\n\r\n"},
    {"a line of one CR is not the empty line", "A: b\r\n\r\r\nC: d\r\n\r\n",
     "A: b\r\n\r\nC: d\r\n\r\n"},
    {"NUL is content", std::string("A: b\0\r\n\r\n", 9), "A: b\r\n\r\n"},
    {"a name that only begins so", "Message-ID: x\r\nSubject-2: a\r\n\r\n",
     "Message-ID: x\r\nSubject: a\r\n\r\n"},
    {"a name with much after it",
     "Message-ID: x\r\nTo             x: a\r\n\r\n",
     "Message-ID: x\r\nTo: a\r\n\r\n"},
    {"From_ is no field", "From a:b\r\nMessage-ID: x\r\nFrom: c\r\n\r\n",
     "Message-ID: x\r\nFrom: b\r\n\r\n"},
};

TEST(HeaderDigest, OtherMessages) {
  for (const auto& pair : kDiffer) {
    EXPECT_NE(digest(pair.one).value, digest(pair.other).value) << pair.why;
  }
}

TEST(HeaderDigest, FoldedFieldsEndWhereTheNextBegins) {
  EXPECT_EQ(digest("Message-ID: x\r\nX-Y: 1\r\n 2\r\nTo: a\r\n\r\n").value,
            digest("Message-ID: x\r\nTo: a\r\n\r\n").value);
}

TEST(HeaderDigest, LargeHeadersOfEachShape) {
  const std::string long_name(1'000'000, 'n');
  const std::string long_line = "Subject: " + std::string(1'000'000, 's');
  std::string many_lines;
  while (many_lines.size() < 1'000'000) many_lines += "To: a,\r\n b\r\n";
  for (const auto& large : {long_name, long_line, many_lines}) {
    const auto message = "Message-ID: x\r\n" + large + "\r\n\r\nbody\r\n";
    const auto whole = digest(message);
    EXPECT_EQ(whole.value, digest(message, 4093).value);
    EXPECT_EQ(whole.whole, digest(message, 4093).whole);
  }
}

TEST(HeaderDigest, TellsWhetherThereIsAMessageId) {
  EXPECT_EQ(digest(kMessage).value % 2, 1u);
  for (const char* without :
       {"", "Subject: a\r\n\r\n", "Message-ID:\r\n\r\n"}) {
    EXPECT_EQ(digest(without).value % 2, 0u) << without;
    EXPECT_NE(digest(without).value, 0u) << without;
  }
}

}  // namespace
}  // namespace mailtool::app
