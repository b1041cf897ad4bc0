/// \file
/// What the tests of the IMAP client share: a dialogue, played whole and octet
/// by octet.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "mailtool/client/imap_client.h"
#include "support/dialogue_stream.h"

namespace mailtool::client {

class ImapDialogueTest : public testing::TestWithParam<std::size_t> {
 protected:
  void play(const std::string& name) {
    const auto file = std::filesystem::path(MAILTOOL_TESTS) / "dialogue" /
                      "imap" / (name + ".dialogue");
    start(test::load_dialogue(file));
  }
  void play_text(const std::string& text) { start(test::parse_dialogue(text)); }
  void start(test::Dialogue dialogue) {
    client.reset();
    server =
        std::make_unique<test::DialogueStream>(std::move(dialogue), GetParam());
    client = std::make_unique<ImapClient>(*server);
  }
  /// Plays a dialogue whose greeting is PREAUTH.
  void play_in(const std::string& name) {
    play(name);
    const auto opened = client->open(false);
    ASSERT_TRUE(opened) << opened.error().one_line();
    ASSERT_TRUE(client->authenticated());
  }
  /// PREAUTH with what `offers` beside IMAP4rev1, then `rest`.
  void play_in(const std::string& offers, const std::string& rest) {
    play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 " + offers + "] hi\n" + rest);
    const auto opened = client->open(false);
    ASSERT_TRUE(opened) << opened.error().one_line();
  }
  Result<void> log_in(bool clear_text = true) {
    sasl::Credentials credentials;
    credentials.user = "bob";
    credentials.password = &password_;
    credentials.host = "mail.example";
    sasl::Policy policy;
    policy.tls = server->tls();
    policy.allow_clear_text = clear_text;
    return client->log_in(credentials, policy);
  }
  void TearDown() override {
    if (server) {
      EXPECT_EQ(server->unplayed(), "");
    }
  }

  static imap::SequenceSet uids(std::string_view text) {
    return *imap::parse_sequence_set(text);
  }
  static imap::MailboxName folder(std::string_view name) {
    return *imap::mailbox_from_utf8(name);
  }
  /// A change to the folder Archive, or to flags.
  ChangeReport change(ImapChange::Kind kind, std::string_view set,
                      bool allow_marked = false) {
    ImapChange what;
    what.kind = kind;
    what.to = folder("Archive");
    what.allow_marked = allow_marked;
    return client->change(what, uids(set));
  }
  ChangeReport flag(std::string_view set, std::vector<std::string> add,
                    std::vector<std::string> remove = {}) {
    ImapChange what;
    what.kind = ImapChange::Kind::flags;
    what.add = std::move(add);
    what.remove = std::move(remove);
    return client->change(what, uids(set));
  }
  /// All went well, and these were changed.
  static void expect_changed(const ChangeReport& report,
                             const std::string& uids) {
    ASSERT_TRUE(report.whole()) << report.stopped_by->one_line();
    EXPECT_EQ(to_wire(report.changed), uids);
  }
  static imap::SearchKey subject(std::string text) {
    imap::SearchKey key;
    key.kind = imap::SearchKey::Kind::string;
    key.name = "SUBJECT";
    key.text = std::move(text);
    return key;
  }

  std::unique_ptr<test::DialogueStream> server;
  std::unique_ptr<ImapClient> client;

 private:
  Secret password_{"crepes"};
};

}  // namespace mailtool::client
