// What the server gets is the message, whatever its size and wherever its dots
// and line ends fall; and in how many round trips.
#include <random>

#include "dialogue/smtp/smtp_dialogue.h"
#include "dialogue/smtp/strict_server.h"

namespace mailtool::client {
namespace {

struct Transfer {
  std::vector<std::string> offers;
  smtp::Body body;
};

const Transfer kTransfers[] = {
    {{}, smtp::Body::seven_bit},
    {{"PIPELINING"}, smtp::Body::seven_bit},
    {{"CHUNKING"}, smtp::Body::seven_bit},
    {{"PIPELINING", "CHUNKING"}, smtp::Body::seven_bit},
    {{"CHUNKING", "BINARYMIME"}, smtp::Body::binary_mime},
    {{"PIPELINING", "CHUNKING", "BINARYMIME"}, smtp::Body::binary_mime},
};

// Hands out `most` octets at a time, so that no border is where it likes to be.
class SlowSource : public Source {
 public:
  SlowSource(std::string_view text, std::size_t most)
      : rest_(text), most_(most) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({rest_.size(), into.size(), most_});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t most_;
};

constexpr std::size_t kWhole = 1 << 30;

// Sends `text` and wants it to arrive as `expected`.
void expect_arrives(const Transfer& transfer, const std::string& text,
                    const std::string& expected, std::size_t piece = kWhole) {
  test::StrictServer server(transfer.offers);
  SmtpOptions options;
  options.host_name = "client.example";
  SmtpClient client(server, std::move(options));
  ASSERT_TRUE(client.open());
  const auto delivery = client.send(
      envelope_to({"bob@example.org"}),
      [&](smtp::Body) -> Result<MessageText> {
        return MessageText{std::make_unique<SlowSource>(text, piece),
                           text.size(), transfer.body};
      },
      LastMessage::yes);
  EXPECT_TRUE(delivery.all_accepted());
  client.quit();
  EXPECT_EQ(server.faults(), "");
  ASSERT_EQ(server.messages().size(), 1u);
  // Not EXPECT_EQ: a difference would print two long messages.
  EXPECT_TRUE(server.messages()[0] == expected)
      << "of " << text.size() << " octets, in pieces of " << piece;
}

std::string arrived(const Transfer& transfer, const std::string& text) {
  const bool whole = text.empty() || text.ends_with("\r\n") ||
                     transfer.body == smtp::Body::binary_mime;
  return whole ? text : text + "\r\n";
}

// Of exactly `octets`: `line` over and over, cut off where it may be.
std::string text_of(std::size_t octets, std::string_view line) {
  std::string text;
  while (text.size() < octets) text += line;
  text.resize(octets);
  // No text ends in a bare CR.
  if (text.ends_with('\r')) text.back() = 'x';
  return text;
}

TEST(SmtpMessage, EverySizeUpToSomeLines) {
  for (const auto& transfer : kTransfers) {
    for (std::size_t octets = 0; octets < 40; ++octets) {
      for (const std::string_view line : {".\r\n", "..\r\n", "\r\n", "a\r\n",
                                          ".a\r\n.\r\n..b\r\n"}) {
        const auto text = text_of(octets, line);
        expect_arrives(transfer, text, arrived(transfer, text));
      }
    }
  }
}

TEST(SmtpMessage, SizesAroundBuffers) {
  for (const auto& transfer : kTransfers) {
    for (const std::size_t border :
         {16u * 1024u, 64u * 1024u, 256u * 1024u}) {
      for (std::size_t octets = border - 6; octets <= border + 6; ++octets) {
        for (const std::string_view line : {".\r\n", "1234567890.\r\n"}) {
          const auto text = text_of(octets, line);
          expect_arrives(transfer, text, arrived(transfer, text));
        }
      }
    }
  }
}

// A dot, CR and LF on each side of where one read ends and the next begins.
TEST(SmtpMessage, DotsAndLineEndsAtTheBorders) {
  const std::string piece = "x\r\n.\r\n..\r\n.y\r\n";
  for (const auto& transfer : kTransfers) {
    for (std::size_t shift = 0; shift < piece.size(); ++shift) {
      const std::string text = std::string(shift, 'a') +
                               text_of(4'700 * piece.size(), piece);
      expect_arrives(transfer, text, text);
      expect_arrives(transfer, text, text, 997 + shift);
    }
  }
}

TEST(SmtpMessage, MadeAtRandom) {
  std::mt19937 random(4711);
  const std::string_view pieces[] = {".", "..", "\r\n", ".\r\n", "\r\n.\r\n",
                                     "a", "bc.", "\r\n..",
                                     "long text of no use"};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    const auto octets = 1 + random() % 3'000;
    while (text.size() < octets) text += pieces[random() % std::size(pieces)];
    for (const auto& transfer : kTransfers) {
      expect_arrives(transfer, text, arrived(transfer, text),
                     1 + random() % 100);
    }
  }
}

TEST(SmtpMessage, AnyOctetsWhenBinary) {
  std::mt19937 random(815);
  for (const std::size_t octets : {1u, 1'000u, 65'536u, 65'537u, 700'000u}) {
    std::string binary(octets, '\0');
    for (auto& c : binary) c = static_cast<char>(random());
    expect_arrives(kTransfers[4], binary, binary);
    expect_arrives(kTransfers[5], binary, binary, 12'345);
  }
}

// A connection that takes so many octets and then breaks.
class CutServer : public test::StrictServer {
 public:
  CutServer(std::vector<std::string> offers, std::size_t octets)
      : StrictServer(std::move(offers)), left_(octets) {}
  Result<void> write_all(std::string_view octets) override {
    if (octets.size() > left_) {
      return Error{ErrorKind::disconnected, "connection reset"};
    }
    left_ -= octets.size();
    written_ += octets.size();
    return StrictServer::write_all(octets);
  }
  [[nodiscard]] std::size_t written() const { return written_; }

 private:
  std::size_t left_;
  std::size_t written_ = 0;
};

struct Cut {
  Transfer transfer;
  std::size_t octets;
};

const Cut kCuts[] = {
    {{{"PIPELINING", "CHUNKING"}, smtp::Body::seven_bit}, 1'000},
    {{{"PIPELINING", "CHUNKING"}, smtp::Body::seven_bit}, 60'000},
    {{{"PIPELINING"}, smtp::Body::seven_bit}, 200'000},
    {{{"PIPELINING", "CHUNKING", "BINARYMIME"}, smtp::Body::binary_mime},
     500'000},
};

// Unless all of the message may have left, it is known not to have arrived.
TEST(SmtpMessage, WritesThatFail) {
  for (const auto& [transfer, octets] : kCuts) {
    const auto text = text_of(octets, "1234567890\r\n");
    std::size_t whole = 1'000'000'000;
    for (const std::size_t short_of :
         {std::size_t{0}, std::size_t{1}, octets / 2, octets - octets / 50}) {
      CutServer server(transfer.offers, whole - short_of);
      SmtpOptions options;
      options.host_name = "client.example";
      SmtpClient client(server, std::move(options));
      ASSERT_TRUE(client.open());
      const auto delivery =
          client.send(envelope_to({"bob@example.org"}),
                      text_source(text, transfer.body), LastMessage::yes);
      const auto& bob = delivery.recipients[0];
      if (short_of == 0) {
        EXPECT_EQ(bob.outcome, Outcome::accepted);
        whole = server.written();
        continue;
      }
      EXPECT_TRUE(server.messages().empty());
      ASSERT_TRUE(delivery.connection_lost);
      EXPECT_EQ(bob.error->kind, ErrorKind::disconnected);
      const bool certain = short_of > 1 && octets > 1'000;
      EXPECT_EQ(bob.outcome, certain ? Outcome::deferred : Outcome::unknown)
          << octets << " octets, short of " << short_of;
    }
  }
}

// What waiting costs: greeting, EHLO, and the rest of a session with one
// message and QUIT.
TEST(SmtpMessage, RoundTrips) {
  const struct {
    std::vector<std::string> offers;
    std::size_t octets;
    std::size_t recipients;
    smtp::Body body;
    std::size_t round_trips;
    std::size_t chunks;
  } cases[] = {
      {{"PIPELINING", "CHUNKING"}, 10'000, 1, smtp::Body::seven_bit, 3, 1},
      {{"PIPELINING", "CHUNKING"}, 10'000, 100, smtp::Body::seven_bit, 3, 1},
      {{"PIPELINING", "CHUNKING"}, 64 * 1024, 1, smtp::Body::seven_bit, 3, 1},
      {{"PIPELINING", "CHUNKING"}, 100'000, 1, smtp::Body::seven_bit, 3, 2},
      {{"PIPELINING", "CHUNKING"}, 200'000, 100, smtp::Body::seven_bit, 3, 4},
      // Nobody is sent much before a recipient is known to be accepted.
      {{"PIPELINING", "CHUNKING"}, 2'000'000, 1, smtp::Body::seven_bit, 4, 12},
      {{"PIPELINING"}, 100'000, 1, smtp::Body::seven_bit, 4, 0},
      {{"CHUNKING"}, 100'000, 1, smtp::Body::seven_bit, 7, 0},
      {{"PIPELINING"}, 10'000, 100, smtp::Body::seven_bit, 4, 0},
      {{"CHUNKING"}, 10'000, 1, smtp::Body::seven_bit, 6, 1},
      {{}, 10'000, 1, smtp::Body::seven_bit, 7, 0},
      {{"PIPELINING", "CHUNKING", "BINARYMIME"}, 10'000, 1,
       smtp::Body::binary_mime, 3, 1},
  };
  for (const auto& c : cases) {
    test::StrictServer server(c.offers, true);
    SmtpOptions options;
    options.host_name = "client.example";
    SmtpClient client(server, std::move(options));
    ASSERT_TRUE(client.open());
    std::vector<std::string> recipients;
    for (std::size_t i = 0; i < c.recipients; ++i) {
      recipients.push_back("r" + std::to_string(i) + "@example.org");
    }
    const auto text = text_of(c.octets, "1234567890\r\n");
    EXPECT_TRUE(client
                    .send(envelope_to(recipients), text_source(text, c.body),
                          LastMessage::yes)
                    .all_accepted());
    client.quit();
    EXPECT_EQ(server.round_trips(), c.round_trips) << c.octets;
    EXPECT_EQ(server.chunks(), c.chunks) << c.octets;
    EXPECT_EQ(server.faults(), "");
  }
}

}  // namespace
}  // namespace mailtool::client
