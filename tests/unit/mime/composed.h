// A message that was composed, and what is read out of it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "filtered.h"
#include "mailtool/mime/composer.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/parser.h"

namespace mailtool::mime::test {

inline Composition minimal() {
  Composition message;
  message.from.mailboxes = {{"Alice", "alice@x.test"}};
  message.to.mailboxes = {{"", "bob@y.test"}};
  message.subject = "Hello";
  message.date = "Fri, 20 Nov 2026 21:15:04 +0100";
  message.message_id = "<1@x.test>";
  message.random_token = "0123456789abcdef";
  return message;
}

inline std::string written(const Composition& message) {
  StringSink out(kPlenty);
  const auto composed = compose(message, out);
  if (!composed) {
    ADD_FAILURE() << composed.error().one_line();
    return {};
  }
  EXPECT_EQ(composed->octets, out.text().size());
  return out.take();
}

// What a reader gets back: structure, raw octets, decoded leaves.
struct ComposedMessage {
  std::string raw;
  Structure structure;
  [[nodiscard]] std::string decoded(std::size_t part) const {
    const auto& p = structure.parts.at(part);
    StringSink out(kPlenty);
    const auto decoder = make_decoder(p.transfer_encoding, out);
    pour(*decoder, raw.substr(p.body.offset, p.body.length), 1000);
    EXPECT_FALSE(decoder->defective());
    return out.take();
  }
  [[nodiscard]] std::string types() const {
    std::string all;
    for (std::uint32_t i = 0; i < structure.parts.size(); ++i) {
      all += (all.empty() ? "" : " ") + structure.id(i) + ":";
      all += structure.type(structure.parts[i]);
    }
    return all;
  }
};

inline ComposedMessage read(const Composition& message) {
  ComposedMessage result{written(message), {}};
  Parser parser;
  parser.feed(result.raw);
  result.structure = parser.finish();
  EXPECT_TRUE(result.structure.defects.empty());
  if (message.binary_attachments) return result;
  for (std::size_t i = 0; i < result.raw.size(); ++i) {
    if (result.raw[i] != '\n') continue;
    EXPECT_TRUE(i > 0 && result.raw[i - 1] == '\r');
  }
  EXPECT_LE(longest_line(result.raw), kMaxLineOctets);
  return result;
}

}  // namespace mailtool::mime::test
