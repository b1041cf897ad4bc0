/// \file
/// What tests of all three protocols share: servers over fakes.
#pragma once

#include "fake_backend.h"
#include "fake_maildrop.h"
#include "fake_store.h"
#include "imap_fixture.h"
#include "mailtool/serve/imap_session.h"
#include "mailtool/serve/pop3_session.h"
#include "mailtool/serve/smtp_session.h"
#include "server_player.h"

namespace mailtool::serve {

/// The parameter: how many octets come at a time.
class FakeServers : public testing::TestWithParam<int> {
 protected:
  /// For whom all is durable at once.
  ServerPlayer player_of(Session& session) {
    return {session, static_cast<std::size_t>(GetParam()), [this] {
              backend.sync();
              drops.sync();
              ++store.disk.synced;
            }};
  }

  SmtpSettings smtp_settings{.host = "mx.crepes.example",
                             .clear_text_login = true};
  Pop3Settings pop3_settings{.host = "mx.crepes.example",
                             .clear_text_login = true};
  ImapSettings imap_settings{.host = "mx.crepes.example",
                             .clear_text_login = true};
  FakeBackend backend;
  FakeMaildrops drops;
  FakeStore store;
  FakeUsers users;
};

}  // namespace mailtool::serve
