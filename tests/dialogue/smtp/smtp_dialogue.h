/// \file
/// What the dialogues with an SMTP server have in common.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/client/smtp_client.h"
#include "support/dialogue_stream.h"

namespace mailtool::client {

inline constexpr std::string_view kMessage =
    "Subject: hello\r\n\r\nHow are you?\r\n";

/// The one form that `text` has, whatever the server takes.
inline MessageForms text_source(std::string_view text,
                                smtp::Body body = smtp::Body::seven_bit) {
  return [text, body](smtp::Body) -> Result<MessageText> {
    return MessageText{std::make_unique<StringSource>(text), text.size(), body};
  };
}

inline Envelope envelope_to(const std::vector<std::string>& recipients) {
  Envelope envelope;
  envelope.sender = "alice@client.example";
  for (const auto& address : recipients) {
    envelope.recipients.push_back({address, {}, ""});
  }
  return envelope;
}

/// Every dialogue runs twice: as the network likes best, and octet by octet.
class SmtpDialogue : public testing::TestWithParam<std::size_t> {
 protected:
  void play(const std::string& name, bool lmtp = false) {
    const auto folder =
        std::filesystem::path(MAILTOOL_TESTS) / "dialogue" / "smtp";
    server_.emplace(test::load_dialogue(folder / (name + ".dialogue")),
                    GetParam());
    start(lmtp);
  }

  void start(bool lmtp = false) {
    SmtpOptions options;
    options.host_name = "client.example";
    options.lmtp = lmtp;
    client_.emplace(*server_, std::move(options));
  }

  /// play() and open(), which must succeed.
  void open(const std::string& name, bool lmtp = false) {
    play(name, lmtp);
    const auto opened = client_->open();
    ASSERT_TRUE(opened) << opened.error().one_line();
  }

  Delivery send(const std::vector<std::string>& recipients,
                LastMessage last = LastMessage::no) {
    return client_->send(envelope_to(recipients), text_source(kMessage), last);
  }

  /// Quits, and wants the file to have been played to its end.
  void finish() {
    client_->quit();
    EXPECT_EQ(server_->unplayed(), "");
  }

  std::optional<test::DialogueStream> server_;
  std::optional<SmtpClient> client_;
};

inline std::string chunk_name(const testing::TestParamInfo<std::size_t>& info) {
  return info.param == 1 ? "OctetByOctet" : "Whole";
}

}  // namespace mailtool::client
