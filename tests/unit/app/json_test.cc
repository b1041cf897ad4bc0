#include "app/json.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace mailtool::app {
namespace {

TEST(JsonWriter, WritesALine) {
  StringSink sink(1000);
  JsonWriter json(sink);
  json.begin_object().field("type", "summary").field("exit", 0);
  json.key("uids").begin_array().value(7u).value(8u).end_array();
  json.key("empty").begin_array().end_array();
  json.null_field("reason").field("known", true);
  json.field("size", std::optional<std::uint64_t>{});
  json.end_object();
  ASSERT_TRUE(json.end_line());
  EXPECT_EQ(sink.text(),
            "{\"type\":\"summary\",\"exit\":0,\"uids\":[7,8],\"empty\":[],"
            "\"reason\":null,\"known\":true,\"size\":null}\n");
}

TEST(JsonWriter, AnyOctetsAreValidJson) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  all += "\u2028 Grüße 😀 \"\\";
  StringSink sink(10'000);
  JsonWriter json(sink);
  json.begin_object().field(all, all).end_object();
  ASSERT_TRUE(json.end_line());
  EXPECT_EQ(sink.text().find('\n'), sink.text().size() - 1);
  const auto read = nlohmann::json::parse(sink.text());  // throws if invalid
  const auto text = read.begin().value().get<std::string>();
  EXPECT_EQ(text.substr(0, 128), all.substr(0, 128));
  EXPECT_TRUE(text.ends_with("\u2028 Grüße 😀 \"\\"));
}

// A character, or an octet that is none, on the border of what is looked at at
// once, and of what is handed on.
TEST(JsonWriter, LongTextsPassWholeWhateverStandsWhere) {
  for (const std::string_view special :
       {"\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xff", "\xe2\x82", "\"", "\n", "\xc2\x85",
        "\u2028"}) {
    const bool good = special != "\xff" && special != "\xe2\x82";
    for (std::size_t before = 16 * 1024 - 5; before < 16 * 1024 + 3; ++before) {
      const std::string start(before, 'x');
      const std::string end(70'000, 'y');
      StringSink sink(1'000'000);
      JsonWriter json(sink);
      json.begin_object().field("text", start + std::string(special) + end);
      json.field("more", 1).end_object();
      ASSERT_TRUE(json.end_line());
      const auto read = nlohmann::json::parse(sink.text());
      EXPECT_EQ(read["text"].get<std::string>(),
                start + (good ? std::string(special) : "\ufffd") + end);
      EXPECT_EQ(read["more"], 1);
      EXPECT_EQ(sink.text().find("\u2028"), sink.text().npos);
    }
  }
}

// Counts what comes at once.
class WidestWrite : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    widest = std::max(widest, octets.size());
    return {};
  }
  std::size_t widest = 0;
};

TEST(JsonWriter, ALineIsNeverHeldWhole) {
  WidestWrite sink;
  JsonWriter json(sink);
  json.begin_object().field("text", std::string(5'000'000, '\n'));
  json.key("list").begin_array();
  for (int i = 0; i < 100'000; ++i) json.value(i);
  json.end_array().end_object();
  ASSERT_TRUE(json.end_line());
  EXPECT_LT(sink.widest, 200'000u);
}

TEST(JsonWriter, KeepsTheFirstFailure) {
  StringSink sink(3);
  JsonWriter json(sink);
  json.begin_object().end_object();
  EXPECT_TRUE(json.end_line());
  json.begin_object().end_object();
  EXPECT_FALSE(json.end_line());
  EXPECT_FALSE(json.end_line());
}

}  // namespace
}  // namespace mailtool::app
