#include "app/json_line.h"

#include <gtest/gtest.h>

#include <vector>

namespace mailtool::app {
namespace {

using Kind = JsonMember::Kind;

std::string members(std::string_view line) {
  std::string text;
  const bool whole = read_json_object(line, [&](const JsonMember& member) {
    text += member.name + "=" + std::to_string(static_cast<int>(member.kind)) +
            ":" + member.text + ";";
    return true;
  });
  return whole ? text : "bad";
}

TEST(JsonLine, Members) {
  EXPECT_EQ(members("{}"), "");
  EXPECT_EQ(members(" { \"a\" : \"b\" ,\t\"c\":-1.5e+3, \"d\":null}\r"),
            "a=0:b;c=1:-1.5e+3;d=2:null;");
  EXPECT_EQ(members(R"({"a":[],"b":{},"c":[1,{"x":[{"y":2,"z":[]}]},"]"],"d":true})"),
            "a=3:;b=3:;c=3:;d=2:true;");
  EXPECT_EQ(members(R"({"a":1,"a":2})"), "a=1:1;a=1:2;");
}

TEST(JsonLine, Strings) {
  EXPECT_EQ(members(R"({"a":"\"\\\/\b\f\n\r\t"})"), "a=0:\"\\/\b\f\n\r\t;");
  EXPECT_EQ(members(R"({"a":"Entw\u00fcrfe \ud83d\uDE00"})"),
            "a=0:Entw\xc3\xbcrfe \xf0\x9f\x98\x80;");
}

TEST(JsonLine, AnythingElse) {
  for (const char* line :
       {"", "{", "}", "[]", "1", "\"a\"", "{}x", "{} {}", "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}",
        "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":1e}",
        "{\"a\":-}", "{\"a\":0x1}", "{\"a\":NaN}", "{\"a\":nul}",
        "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"",
        "{\"a\":\"\t\"}", "{\"a\":\"\xff\"}", "{\"a\":[1,]}", "{\"a\":[1}",
        "{\"a\":{\"b\":1]}", "{\"a\":{\"b\"}}", "{\"a\":[}", "{\"a\":[1 2]}"}) {
    EXPECT_EQ(members(line), "bad") << line;
  }
}

TEST(JsonLine, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(members(nested(kMaxJsonDepth - 1)), "a=3:;");
  EXPECT_EQ(members(nested(kMaxJsonDepth)), "bad");
  EXPECT_EQ(members("{\"a\":" + std::string(5'000'000, '[')), "bad");
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(members(objects), "bad");
}

}  // namespace
}  // namespace mailtool::app
