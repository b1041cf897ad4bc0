#include "app/json.h"

#include <gtest/gtest.h>

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
