/// \file
/// What the tests of an SMTP server's session share.
#pragma once

#include <string>
#include <vector>

#include "fake_backend.h"
#include "mailtool/serve/smtp_session.h"
#include "server_player.h"

namespace mailtool::serve {

inline const std::string kSmtpGreeting = "S: 220 mx.crepes.example ESMTP\n";

/// The answer to EHLO: what all are told, with `first` before it and `last`
/// behind it.
inline std::string answer_to_ehlo(const std::string& first = {},
                                  const std::string& last = {}) {
  std::vector<std::string> lines{
      "mx.crepes.example", first,      "PIPELINING", "8BITMIME",
      "SMTPUTF8",          "CHUNKING", "DSN",        "ENHANCEDSTATUSCODES",
      "SIZE 67108864",     last};
  std::erase(lines, "");
  std::string answer;
  for (const auto& line : lines) {
    answer += "S: 250" + std::string(&line == &lines.back() ? " " : "-") +
              line + "\n";
  }
  return answer;
}

/// Each dialogue in pieces of 4096, 7 and 1 octets.
class SmtpServerTest : public testing::TestWithParam<int> {
 protected:
  /// Behind the greeting and HELO.
  void play_greeted(const std::string& dialogue) {
    play(kSmtpGreeting + "C: HELO x\nS: 250 mx.crepes.example\n" + dialogue);
  }
  void play(const std::string& dialogue) {
    const auto session =
        make_smtp_session(settings, backend, users, nullptr, "127.0.0.1");
    ServerPlayer player(*session, static_cast<std::size_t>(GetParam()),
                        [&] { backend.sync(); });
    player.play(test::parse_dialogue(dialogue));
  }

  SmtpSettings settings{.host = "mx.crepes.example"};
  FakeBackend backend;
  FakeUsers users;
};

}  // namespace mailtool::serve
