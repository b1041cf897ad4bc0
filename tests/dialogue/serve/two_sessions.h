/// \file
/// TwoSessions: two clients of one mailbox.
#pragma once

#include "imap_fixture.h"

namespace mailtool::serve {

/// A call of a session at a time.
class TwoSessions : public testing::Test {
 protected:
  struct Client {
    std::unique_ptr<Session> session;
    std::string said;

    std::string take() { return std::exchange(said, {}); }
    void say(std::string_view line) {
      while (!line.empty() && session->wait() == Wait::octets) {
        line.remove_prefix(session->feed(line, said));
      }
    }
    // One portion, or one verdict; false where it waits for the client.
    bool step(FakeDisk& disk) {
      if (session->wait() == Wait::room) {
        session->more(said);
      } else if (session->wait() == Wait::verdict) {
        ++disk.synced;
        session->settled(said);
      } else {
        return false;
      }
      return true;
    }
    int go_on(FakeDisk& disk) {
      int steps = 0;
      while (step(disk)) ++steps;
      return steps;
    }
  };

  void SetUp() override {
    settings.clear_text_login = true;
    store.mailboxes->add("Old");
  }
  Client enter() {
    Client client{make_imap_session(settings, store, users), {}};
    client.session->begin(client.said);
    client.say("a LOGIN alice secret\r\n");
    client.say("b SELECT INBOX\r\n");
    client.said.clear();
    return client;
  }
  FakeMailbox& old() { return store.mailboxes->box("Old"); }
  void put(int count, Flags flags = 0) {
    for (int i = 0; i < count; ++i) store.inbox().put("a\r\n", flags);
  }

  ImapSettings settings{.host = "mx"};
  FakeStore store;
  FakeUsers users;
};

}  // namespace mailtool::serve
