#include "mailtool/client/http_get.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailtool::client {
namespace {

// A web server that says `response`, `chunk` octets at a time.
class Server : public Stream {
 public:
  Server(std::string response, std::size_t chunk)
      : response_(std::move(response)), rest_(response_), chunk_(chunk) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({rest_.size(), into.size(), chunk_});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_.remove_prefix(count);
    read_ += count;
    return count;
  }
  Result<void> write_all(std::string_view octets) override {
    request += octets;
    return {};
  }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds budget) override {
    deadlines.push_back(budget);
  }
  [[nodiscard]] std::size_t octets_read() const { return read_; }

  std::string request;
  std::vector<std::chrono::milliseconds> deadlines;

 private:
  std::string response_;
  std::string_view rest_;
  std::size_t chunk_;
  std::size_t read_ = 0;
};

struct Case {
  const char* why;
  std::string response;
  const char* body;  // null: refused
  const char* words = "";
};

std::string ok(const std::string& fields, const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\n" +
         fields + "\r\n" + body;
}

std::vector<Case> cases() {
  const std::string kib(1024, 'x');
  // clang-format off
  return {
    {"counted",               ok("Content-Length: 5\r\n", "hello and more"), "hello"},
    {"to the end",            ok("", "hello"), "hello"},
    {"empty",                 ok("Content-Length: 0\r\n", ""), ""},
    {"chunks",                ok("Transfer-Encoding: chunked\r\n", "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nA: b\r\n\r\n"), "hello"},
    {"chunks in hexadecimal", ok("Transfer-Encoding: Chunked\r\n", "A\r\n0123456789\r\na \r\n0123456789\r\n000\r\n\r\n"), "01234567890123456789"},
    {"bare LF",               "HTTP/1.0 200\nContent-Type: text/plain\nContent-Length: 5\n\nhello", "hello"},
    {"1yz first",             "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + ok("Content-Length: 5\r\n", "hello"), "hello"},
    {"no reason",             "HTTP/1.1 200\r\nContent-Type: text/plain\r\n\r\nhello", "hello"},
    {"identity",              ok("Content-Encoding: identity\r\n", "hello"), "hello"},
    {"cut off",               ok("Content-Length: 6\r\n", "hello"), nullptr, "cut off"},
    {"cut off in a chunk",    ok("Transfer-Encoding: chunked\r\n", "5\r\nhel"), nullptr, "cut off"},
    {"no last chunk",         ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n"), nullptr, "too early"},
    {"cut off in the header", "HTTP/1.1 200 OK\r\nContent-Ty", nullptr, "too early"},
    {"nothing",               "", nullptr, "too early"},
    {"too large, counted",    ok("Content-Length: 65537\r\n", ""), nullptr, "too large"},
    {"too large, by far",     ok("Content-Length: 18446744073709551615\r\n", ""), nullptr, "too large"},
    {"too large a number",    ok("Content-Length: 18446744073709551616\r\n", ""), nullptr, "Content-Length"},
    {"too large, in a chunk", ok("Transfer-Encoding: chunked\r\n", "10001\r\n"), nullptr, "too large"},
    {"too large a chunk",     ok("Transfer-Encoding: chunked\r\n", "fffffffff\r\n"), nullptr, "chunk size"},
    {"two lengths",           ok("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), nullptr, "Content-Length"},
    {"length and chunks",     ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), nullptr, "length"},
    {"negative length",       ok("Content-Length: -5\r\n", "hello"), nullptr, "Content-Length"},
    {"signed length",         ok("Content-Length: +5\r\n", "hello"), nullptr, "Content-Length"},
    {"list of lengths",       ok("Content-Length: 5, 5\r\n", "hello"), nullptr, "Content-Length"},
    {"gzip",                  ok("Content-Encoding: gzip\r\n", "hello"), nullptr, "coding"},
    {"gzip, chunked",         ok("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), nullptr, "coding"},
    {"chunked twice",         ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), nullptr, "coding"},
    {"chunk without size",    ok("Transfer-Encoding: chunked\r\n", "\r\nhello"), nullptr, "chunk size"},
    {"chunk of minus one",    ok("Transfer-Encoding: chunked\r\n", "-1\r\nhello"), nullptr, "chunk size"},
    {"chunk too long",        ok("Transfer-Encoding: chunked\r\n", "2\r\nhello\r\n0\r\n\r\n"), nullptr, "longer than"},
    {"folded field",          ok("X: a\r\n b\r\n", "hello"), nullptr, "not a header field"},
    {"blank before colon",    ok("X : a\r\n", "hello"), nullptr, "not a header field"},
    {"field without colon",   ok("X\r\n", "hello"), nullptr, "not a header field"},
    {"HTTP/2",                "HTTP/2 200\r\n\r\n", nullptr, "no HTTP"},
    {"HTTP/0.9",              "<html>\r\n", nullptr, "no HTTP"},
    {"another protocol",      "220 mail.example ESMTP\r\n", nullptr, "no HTTP"},
    {"status 99",             "HTTP/1.1 99 X\r\n\r\n", nullptr, "no HTTP"},
    {"status 2000",           "HTTP/1.1 2000 X\r\n\r\n", nullptr, "no HTTP"},
    {"status 600",            "HTTP/1.1 600 X\r\n\r\n", nullptr, "no HTTP"},
    {"a long line",           ok("X: " + std::string(9000, 'x') + "\r\n", ""), nullptr, "too long"},
    {"a line without end",    "HTTP/1.1 200 " + std::string(100'000, 'x'), nullptr, "too long"},
    {"a long header",         [&] { std::string all; for (int i = 0; i < 40; ++i) all += "X: " + kib + "\r\n"; return ok(all, ""); }(), nullptr, "too long"},
    {"1yz for ever",          [&] { std::string all; for (int i = 0; i < 40; ++i) all += "HTTP/1.1 100 " + kib + "\r\n\r\n"; return all; }(), nullptr, "too long"},
    {"tiny chunks for ever",  ok("Transfer-Encoding: chunked\r\n", [] { std::string all; for (int i = 0; i < 40'000; ++i) all += "1\r\nx\r\n"; return all; }()), nullptr, "too long"},
    {"more than it may be",   ok("", std::string(200'000, 'x')), nullptr, "too large"},
  };
  // clang-format on
}

class HttpGet : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Chunk, HttpGet, testing::Values(100'000, 1, 3));

TEST_P(HttpGet, Responses) {
  for (const auto& item : cases()) {
    Server server(item.response, GetParam());
    const auto response = http_get(server, "mta-sts.example.org", "/x");
    if (item.body == nullptr) {
      ASSERT_FALSE(response) << item.why;
      EXPECT_NE(response.error().what.find(item.words), std::string::npos)
          << item.why << ": " << response.error().what;
      EXPECT_LE(server.octets_read(), 64u * 1024 * 2) << item.why;
      continue;
    }
    ASSERT_TRUE(response) << item.why << ": " << response.error().what;
    EXPECT_EQ(response->status, 200) << item.why;
    EXPECT_EQ(response->body, item.body) << item.why;
    EXPECT_EQ(response->content_type, "text/plain") << item.why;
  }
}

TEST(HttpGetRequest, IsOneFlightUnderOneBudget) {
  Server server(ok("Content-Length: 5\r\n", "hello"), 1);
  HttpLimits limits;
  limits.budget = std::chrono::seconds(7);
  ASSERT_TRUE(http_get(server, "a.example", "/.well-known/x", limits));
  EXPECT_EQ(server.request,
            "GET /.well-known/x HTTP/1.1\r\nHost: a.example\r\n"
            "Accept: text/plain\r\nAccept-Encoding: identity\r\n"
            "Connection: close\r\n\r\n");
  EXPECT_EQ(server.deadlines.size(), 1u) << "octets must not renew the budget";
  EXPECT_EQ(server.deadlines.front(), limits.budget);
}

TEST(HttpGetRequest, RedirectsAreNotFollowed) {
  Server server(
      "HTTP/1.1 301 Moved\r\nLocation: https://b.example/\r\n"
      "Content-Length: 99999999\r\n\r\n",
      7);
  const auto response = http_get(server, "a.example", "/x");
  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->status, 301);
  EXPECT_EQ(response->body, "");
}

TEST(HttpGetRequest, NothingIsSmuggledIntoIt) {
  Server server("", 1);
  for (const auto& [host, path] :
       {std::pair<std::string, std::string>{"a.example\r\nX: y", "/x"},
        {"a.example", "/x HTTP/1.1\r\nX: y"},
        {"a example", "/x"},
        {"a.example", "x"},
        {"", "/x"},
        {"a.example", ""},
        {"\xc3\xbc.example", "/x"}}) {
    const auto response = http_get(server, host, path);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::usage);
  }
  EXPECT_EQ(server.request, "");
}

}  // namespace
}  // namespace mailtool::client
