// Mail for other domains: who may, and what is durable when.

#include "app/serve_gateway.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "app/queue_state.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

class Gateway : public testing::Test {
 protected:
  void SetUp() override {
    users.add("alice", std::nullopt);
    auto relay = ServeRelay::open(state(), "crepes.test");
    ASSERT_TRUE(relay) << relay.error().one_line();
    gateway.open(*std::move(relay));
    envelope.hello.name = "laptop.test";
    envelope.user = "alice";
    envelope.mail.reverse_path = "alice@crepes.test";
  }
  [[nodiscard]] std::string state() const { return dir.path() / "state"; }
  [[nodiscard]] std::string queue() const {
    return state() + "/mailtool/queue";
  }
  void to(const std::string& address) {
    envelope.recipients.emplace_back().forward_path = address;
  }
  std::unique_ptr<serve::Incoming> begin() {
    auto begun = gateway.begin(envelope);
    EXPECT_TRUE(begun) << begun.error().one_line();
    EXPECT_TRUE(
        (*begun)->write("Subject: =?utf-8?Q?l=C3=BCnch?=\r\n"
                        "Message-ID: <1@crepes.test>\r\n\r\n"));
    EXPECT_TRUE((*begun)->write("Subject: x\r\n\xc3\xbc\r\n"));
    return *std::move(begun);
  }
  std::vector<QueueState> queued() {
    std::vector<QueueState> all;
    const auto folder = store::QueueFolder::open(queue());
    const auto ids = folder->ids();
    for (const auto& id : *ids) {
      const auto text = folder->peek(id);
      auto state_of = parse_queue_state(*text);
      EXPECT_TRUE(state_of);
      all.push_back(*std::move(state_of));
    }
    return all;
  }
  std::size_t in_inbox() {
    return (*(*tree.user("alice"))->inbox())->messages().size();
  }

  test::TempDir dir;
  ServeDisk disk{dir.path()};
  ServedTree tree{disk, (dir.path() / "mail").string(),
                  [] { return 1'795'176'000; }};
  ServeUsers users;
  ServeDelivery::Settings settings{
      "mx.crepes.test", {"crepes.test"}, [] { return 1'795'176'000; }};
  ServeDelivery delivery{settings, users, tree, disk};
  ServeGateway gateway{delivery};
  serve::Envelope envelope;
};

TEST_F(Gateway, WhoMay) {
  const smtp::Mailbox bob{"bob", "hamburger.test"};
  EXPECT_FALSE(gateway.refuses(envelope, bob));
  EXPECT_FALSE(gateway.refuses(envelope, {"alice", "Crepes.TEST"}));
  EXPECT_EQ(gateway.refuses(envelope, {"nobody", "crepes.test"})->lines[0],
            "5.1.1 no such user");
  envelope.user.clear();
  EXPECT_EQ(gateway.refuses(envelope, bob)->lines[0], "5.7.1 relaying denied");
  EXPECT_FALSE(gateway.refuses(envelope, {"alice", "crepes.test"}));
}

// RFC 5890 section 2.3.2.1: A-labels and U-labels are the same domain.
TEST_F(Gateway, ADomainOfOurOwnInAnySpelling) {
  settings.domains.insert("xn--bcher-kva.test");
  envelope.user.clear();
  for (const auto* domain :
       {"b\xc3\xbc" "cher.test", "B\xc3\x9c" "CHER.test", "XN--bcher-kva.test"}) {
    EXPECT_FALSE(gateway.refuses(envelope, {"alice", domain})) << domain;
  }
  for (const auto* domain : {"bucher.test", "b\xc3\xbc" "ch.test", "\xff.test"}) {
    const auto refused = gateway.refuses(envelope, {"alice", domain});
    ASSERT_TRUE(refused) << domain;
    EXPECT_EQ(refused->lines[0], "5.7.1 relaying denied");
  }
  to("alice@b\xc3\xbc" "cher.test");
  const auto message = begin();
  message->end();
  disk.sync();
  ASSERT_TRUE(message->outcome() && *message->outcome());
  EXPECT_EQ(in_inbox(), 1u);
  EXPECT_TRUE(queued().empty());
}

TEST_F(Gateway, IntoTheQueueForWhateverWayHoldsThen) {
  to("bob@hamburger.test");
  to("carol@elsewhere.test");
  envelope.mail.envid = "once";
  envelope.recipients[1].orcpt = "rfc822;carol@first.test";
  const auto message = begin();
  EXPECT_TRUE(queued().empty());
  message->end();
  ASSERT_TRUE(message->outcome() && *message->outcome());
  const auto all = queued();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].sender, "alice@crepes.test");
  EXPECT_EQ(all[0].subject, "l\xc3\xbcnch");
  EXPECT_EQ(all[0].message_id, "<1@crepes.test>");
  EXPECT_EQ(all[0].body, smtp::Body::eight_bit_mime);
  EXPECT_EQ(all[0].envelope_id, "once");
  EXPECT_TRUE(all[0].served);
  EXPECT_TRUE(all[0].options.empty());
  ASSERT_EQ(all[0].recipients.size(), 2u);
  EXPECT_EQ(all[0].recipients[0].orcpt, "");
  EXPECT_EQ(all[0].recipients[1].address, "carol@elsewhere.test");
  EXPECT_EQ(all[0].recipients[1].orcpt, "rfc822;carol@first.test");
  EXPECT_EQ(in_inbox(), 0u);
}

// "postmaster" was the address that reports were to go to.
TEST_F(Gateway, ASenderWithoutADomainGetsOurs) {
  to("bob@hamburger.test");
  envelope.mail.reverse_path = "postmaster";
  const auto message = begin();
  message->end();
  ASSERT_EQ(queued().size(), 1u);
  EXPECT_EQ(queued()[0].sender, "postmaster@crepes.test");
  envelope.mail.reverse_path = "";
  const auto report = begin();
  report->end();
  ASSERT_EQ(queued().size(), 2u);
  EXPECT_EQ(queued()[1].sender, "");
}

// What the first recipient's NOTIFY asked for held for all of them.
TEST_F(Gateway, EachRecipientIsToldOfAsAskedFor) {
  for (const auto* name : {"a", "b", "c", "d"}) {
    to(name + std::string("@hamburger.test"));
  }
  envelope.recipients[0].notify.never = true;
  envelope.recipients[1].notify.failure = true;
  envelope.recipients[2].notify.never = true;
  const auto message = begin();
  message->end();
  ASSERT_TRUE(message->outcome() && *message->outcome());
  const auto all = queued();
  ASSERT_EQ(all.size(), 3u);
  std::size_t recipients = 0;
  for (const auto& state : all) {
    EXPECT_EQ(state.subject, "l\xc3\xbcnch");
    EXPECT_EQ(state.body, smtp::Body::eight_bit_mime);
    for (const auto& one : state.recipients) {
      ++recipients;
      const bool never = one.address[0] == 'a' || one.address[0] == 'c';
      EXPECT_EQ(state.notify.never, never) << one.address;
      EXPECT_EQ(state.notify.failure, one.address[0] == 'b') << one.address;
    }
  }
  EXPECT_EQ(recipients, 4u);
}

TEST_F(Gateway, ForBoth) {
  to("alice@crepes.test");
  to("bob@hamburger.test");
  const auto message = begin();
  message->end();
  EXPECT_FALSE(message->outcome());
  disk.sync();
  ASSERT_TRUE(message->outcome() && *message->outcome());
  EXPECT_EQ(in_inbox(), 1u);
  ASSERT_EQ(queued().size(), 1u);
  EXPECT_EQ(queued()[0].recipients.size(), 1u);
}

TEST_F(Gateway, AMessageThatIsGivenUpIsNowhere) {
  to("alice@crepes.test");
  to("bob@hamburger.test");
  begin().reset();
  disk.sync();
  EXPECT_EQ(in_inbox(), 0u);
  EXPECT_TRUE(queued().empty());
}

// Nobody has it where the queue cannot take it: the client sends it again.
TEST_F(Gateway, WhereTheQueueFailsNobodyHasIt) {
  to("alice@crepes.test");
  to("bob@hamburger.test");
  const auto message = begin();
  std::filesystem::remove_all(queue());
  message->end();
  ASSERT_TRUE(message->outcome());
  EXPECT_FALSE(*message->outcome());
  disk.sync();
  EXPECT_EQ(in_inbox(), 0u);
  EXPECT_FALSE(gateway.begin(envelope));
}

}  // namespace
}  // namespace mailtool::app
