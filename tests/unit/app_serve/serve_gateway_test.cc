// Mail for other domains: who may, and what is durable when.

#include "app/serve_gateway.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

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
  std::size_t in_inbox(const std::string& user = "alice") {
    return (*(*tree.user(user))->inbox())->messages().size();
  }
  std::string newest(const std::string& user) {
    auto inbox = *(*tree.user(user))->inbox();
    auto source = inbox->open(inbox->messages().back().uid);
    EXPECT_TRUE(source);
    StringSink text(1 << 20);
    EXPECT_TRUE(copy_all(**source, text));
    return text.take();
  }
  // To bob, who is ours, with such a NOTIFY; acknowledged.
  void deliver_to_bob(const std::string& sender, smtp::DsnNotify notify) {
    if (!users.has("bob")) users.add("bob", std::nullopt);
    envelope.mail.reverse_path = sender;
    envelope.recipients.clear();
    to("bob@crepes.test");
    envelope.recipients[0].notify = notify;
    const auto message = begin();
    message->end();
    for (int i = 0; i < 3 && !message->outcome(); ++i) disk.sync();
    ASSERT_TRUE(message->outcome() && *message->outcome());
  }

  static constexpr smtp::DsnNotify kSuccess{.success = true};
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

// NOTIFY=SUCCESS was taken, and nobody was told.
TEST_F(Gateway, ASenderOfOurOwnIsToldOfSuccess) {
  envelope.mail.envid = "lunch";
  envelope.mail.ret = smtp::DsnReturn::full;
  deliver_to_bob("alice@crepes.test", {.success = true, .failure = true});
  EXPECT_EQ(in_inbox("bob"), 1u);
  ASSERT_EQ(in_inbox("alice"), 1u);
  const auto report = newest("alice");
  for (const auto* line :
       {"Return-Path: <>\r\n",
        "From: Mail Delivery System "
        "<MAILER-DAEMON@mx.crepes.test>\r\n",
        "In-Reply-To: <1@crepes.test>\r\n", "Original-Envelope-Id: lunch\r\n",
        "Reporting-MTA: dns;mx.crepes.test\r\n",
        "Final-Recipient: rfc822;bob@crepes.test\r\n", "Action: delivered\r\n",
        "Status: 2.0.0\r\n", "Message-ID: <1@crepes.test>\r\n"}) {
    EXPECT_NE(report.find(line), report.npos) << line << report;
  }
  // RET is for failures alone; what was not said is not told.
  EXPECT_EQ(report.find("Subject: x"), report.npos);
  EXPECT_EQ(report.find("Original-Recipient"), report.npos);
  EXPECT_TRUE(queued().empty());
}

TEST_F(Gateway, OneElsewhereIsToldByTheQueue) {
  deliver_to_bob("joe@elsewhere.test", kSuccess);
  EXPECT_EQ(in_inbox("bob"), 1u);
  ASSERT_EQ(queued().size(), 1u);
  EXPECT_EQ(queued()[0].sender, "");
  EXPECT_EQ(queued()[0].subject, "Delivered: l\xc3\xbcnch");
  EXPECT_EQ(queued()[0].recipients[0].address, "joe@elsewhere.test");
  EXPECT_TRUE(queued()[0].served);
}

TEST_F(Gateway, ASenderInAnySpellingIsTold) {
  settings.domains.insert({"xn--bcher-kva.test", "localhost"});
  const char* senders[] = {"Alice@CREPES.test",
                           "alice@localhost",
                           "\"alice\"@crepes.test",
                           "postmaster",
                           "alice",
                           "alice@b\xc3\xbc"
                           "cher.test"};
  std::size_t told = 0;
  for (const auto* sender : senders) {
    deliver_to_bob(sender, kSuccess);
    EXPECT_EQ(in_inbox("alice"), ++told) << sender;
  }
}

TEST_F(Gateway, NobodyIsToldWithoutBeingAsked) {
  deliver_to_bob("", kSuccess);
  deliver_to_bob("alice@crepes.test", {});
  deliver_to_bob("alice@crepes.test", {.never = true});
  deliver_to_bob("alice@crepes.test", {.failure = true, .delay = true});
  deliver_to_bob("nobody@crepes.test", kSuccess);
  deliver_to_bob("alice@[127.0.0.1]", kSuccess);
  gateway.open(nullptr);
  deliver_to_bob("joe@elsewhere.test", kSuccess);
  EXPECT_EQ(in_inbox("bob"), 7u);
  EXPECT_EQ(in_inbox("alice"), 0u);
  EXPECT_TRUE(queued().empty());
}

// One report about those who asked, before anybody is told that all is taken.
TEST_F(Gateway, OneReportAboutAllWhoAreHere) {
  users.add("bob", std::nullopt);
  for (const auto* name : {"bob@crepes.test", "alice@crepes.test", "postmaster",
                           "carol@hamburger.test"}) {
    to(name);
    envelope.recipients.back().notify = kSuccess;
  }
  envelope.recipients[0].orcpt = "rfc822;b@old.test";
  envelope.recipients[1].notify = {};
  const auto message = begin();
  message->end();
  EXPECT_FALSE(message->outcome());
  EXPECT_EQ(in_inbox("alice"), 0u);
  disk.sync();
  EXPECT_FALSE(message->outcome()) << "the report is not durable";
  disk.sync();
  ASSERT_TRUE(message->outcome() && *message->outcome());
  ASSERT_EQ(in_inbox("alice"), 2u);
  const auto report = newest("alice");
  EXPECT_NE(report.find("Original-Recipient: rfc822;b@old.test"), report.npos);
  EXPECT_NE(report.find("rfc822;postmaster@mx.crepes.test"), report.npos);
  EXPECT_EQ(report.find("alice@crepes.test\r\nAction"), report.npos);
  EXPECT_EQ(report.find("carol@"), report.npos) << "that is the next server's";
  ASSERT_EQ(queued().size(), 1u);
  EXPECT_TRUE(queued()[0].notify.success);
}

// It was taken, and the client told to send it again, as often as it did.
TEST_F(Gateway, AReportThatCannotBeQueuedIsNoFaultOfTheMessage) {
  std::filesystem::remove_all(queue());
  testing::internal::CaptureStderr();
  deliver_to_bob("joe@elsewhere.test", kSuccess);
  EXPECT_EQ(in_inbox("bob"), 1u);
  const auto told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(told.find("mailtool: serve: a message is delivered, and its sender, "
                      "joe@elsewhere.test, cannot be told: "),
            0U)
      << told;
  EXPECT_EQ(told.find('\n'), told.size() - 1) << told;
}

// Mail to others was refused, since something was wrong with the sender's own.
TEST_F(Gateway, ASenderWhoseMailboxIsDamagedCanSendToOthers) {
  const auto inbox = dir.path() / "mail/alice/Maildir";
  std::filesystem::create_directories(inbox);
  std::ofstream(inbox / "served") << "damage";
  testing::internal::CaptureStderr();
  ASSERT_FALSE(tree.user("alice"));
  deliver_to_bob("alice@crepes.test", kSuccess);
  EXPECT_EQ(in_inbox("bob"), 1u);
  const auto told = testing::internal::GetCapturedStderr();
  EXPECT_NE(told.find("alice@crepes.test, cannot be told: "), told.npos);
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
