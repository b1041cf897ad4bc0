#include "mailtool/client/http_get.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::client {
namespace {

Error malformed(std::string_view what) {
  return Error{ErrorKind::protocol, "web server: " + std::string(what)};
}

bool is_visible(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f;
  });
}

// tchar, RFC 9110 section 5.6.2
bool is_token(std::string_view text) {
  static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || others.find(c) != others.npos;
  });
}

// How the end of the body is told, RFC 9112 section 6.3.
struct Head {
  int status = 0;
  std::string content_type;
  std::optional<std::uint64_t> length;
  bool chunked = false;
};

class HttpReader {
 public:
  HttpReader(Stream& stream, const HttpLimits& limits)
      : stream_(stream), limits_(limits) {}

  Result<HttpResponse> read();

 private:
  Result<Head> read_head();
  Result<void> take_field(std::string_view line, Head& head);
  Result<std::string> read_counted(std::uint64_t count);
  Result<std::string> read_chunks();
  Result<std::string> read_to_end();
  /// Without its CRLF; a bare LF ends a line too (section 2.2).
  Result<std::string> read_line();
  /// False at the end of the stream.
  Result<bool> fill();

  Stream& stream_;
  const HttpLimits& limits_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t header_octets_ = 0;
};

Result<bool> HttpReader::fill() {
  std::array<char, 4096> octets{};
  const auto count = stream_.read_some(octets);
  if (!count) return count.error();
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
  }
  buffer_.append(octets.data(), *count);
  return *count > 0;
}

Result<std::string> HttpReader::read_line() {
  std::size_t looked_at = begin_;
  for (;;) {
    const auto lf = buffer_.find('\n', looked_at);
    if (lf != buffer_.npos) {
      auto line = buffer_.substr(begin_, lf - begin_);
      begin_ = lf + 1;
      header_octets_ += line.size();
      if (line.size() > limits_.line_octets ||
          header_octets_ > limits_.header_octets) {
        return malformed("the header is too long");
      }
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    const auto waiting = buffer_.size() - begin_;
    if (waiting > limits_.line_octets) {
      return malformed("the header is too long");
    }
    const auto more = fill();
    if (!more) return more.error();
    if (!*more) {
      return Error{ErrorKind::disconnected,
                   "the web server closed the connection too early"};
    }
    looked_at = begin_ + waiting;
  }
}

// field-line = field-name ":" OWS field-value OWS   ; RFC 9112 section 5
Result<void> HttpReader::take_field(std::string_view line, Head& head) {
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) {
    return malformed("not a header field: " + printable(line, 100));
  }
  const auto name = lower(line.substr(0, colon));
  const auto value = trim(line.substr(colon + 1));
  if (name == "content-type") {
    head.content_type = lower(trim(value.substr(0, value.find(';'))));
  } else if (name == "content-length") {
    const auto length = parse_number(value);
    if (!length || head.length) return malformed("no clear Content-Length");
    head.length = *length;
  } else if (name == "transfer-encoding") {
    if (head.chunked || !iequals(value, "chunked")) {
      return malformed("a transfer coding other than chunked");
    }
    head.chunked = true;
  } else if (name == "content-encoding" && !iequals(value, "identity")) {
    return malformed("a content coding that nobody asked for");
  }
  return {};
}

// status-line = HTTP-version SP status-code SP [ reason-phrase ]
//                                                  ; RFC 9112 section 4
std::optional<int> parse_status(std::string_view line) {
  if (!line.starts_with("HTTP/1.0 ") && !line.starts_with("HTTP/1.1 ")) {
    return std::nullopt;
  }
  line.remove_prefix(9);
  if (line.size() > 3 && line[3] != ' ') return std::nullopt;
  const auto status = parse_number(line.substr(0, 3), 599);
  if (!status || *status < 100) return std::nullopt;
  return static_cast<int>(*status);
}

// The final one: those of class 1yz only say that it will come.
Result<Head> HttpReader::read_head() {
  for (;;) {
    auto line = read_line();
    if (!line) return std::move(line).error();
    const auto status = parse_status(*line);
    if (!status) return malformed("no HTTP: " + printable(*line, 100));
    Head head{*status, {}, {}, false};
    for (;;) {
      line = read_line();
      if (!line) return std::move(line).error();
      if (line->empty()) break;
      if (auto taken = take_field(*line, head); !taken) return taken.error();
    }
    if (head.status >= 200) return head;
  }
}

Result<std::string> HttpReader::read_counted(std::uint64_t count) {
  if (count > limits_.body_octets)
    return malformed("the document is too large");
  while (buffer_.size() - begin_ < count) {
    const auto more = fill();
    if (!more) return more.error();
    if (!*more) {
      return Error{ErrorKind::disconnected, "the document is cut off"};
    }
  }
  auto body = buffer_.substr(begin_, count);
  begin_ += count;
  return body;
}

// chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF  ; RFC 9112 section 7.1
Result<std::string> HttpReader::read_chunks() {
  std::string body;
  for (;;) {
    auto line = read_line();
    if (!line) return std::move(line).error();
    const auto digits = std::min(line->find_first_of("; \t"), line->size());
    std::uint64_t size = 0;
    if (digits == 0 || digits > 8) return malformed("no chunk size");
    for (const char c : line->substr(0, digits)) {
      const char digit = to_lower(c);
      if (!is_digit(digit) && (digit < 'a' || digit > 'f')) {
        return malformed("no chunk size");
      }
      size = size * 16 + static_cast<std::uint64_t>(
                             is_digit(digit) ? digit - '0' : digit - 'a' + 10);
    }
    if (size == 0) return body;  // trailers say nothing that counts here
    if (size > limits_.body_octets - body.size()) {
      return malformed("the document is too large");
    }
    auto chunk = read_counted(size);
    if (!chunk) return chunk;
    body += *chunk;
    auto end = read_line();
    if (!end) return end;
    if (!end->empty()) return malformed("a chunk is longer than it says");
  }
}

Result<std::string> HttpReader::read_to_end() {
  for (;;) {
    if (buffer_.size() - begin_ > limits_.body_octets) {
      return malformed("the document is too large");
    }
    const auto more = fill();
    if (!more) return more.error();
    if (!*more) return buffer_.substr(begin_);
  }
}

Result<HttpResponse> HttpReader::read() {
  auto head = read_head();
  if (!head) return std::move(head).error();
  HttpResponse response{head->status, std::move(head->content_type), {}};
  if (response.status != 200) return response;
  if (head->chunked && head->length) return malformed("no clear length");
  auto body = head->chunked  ? read_chunks()
              : head->length ? read_counted(*head->length)
                             : read_to_end();
  if (!body) return std::move(body).error();
  response.body = *std::move(body);
  return response;
}

}  // namespace

Result<HttpResponse> http_get(Stream& stream, std::string_view host,
                              std::string_view path, const HttpLimits& limits) {
  if (!is_visible(host) || !is_visible(path) || path[0] != '/') {
    return Error{ErrorKind::usage, "not a web address: https://" +
                                       printable(host) + printable(path)};
  }
  std::string request = "GET ";
  request.append(path).append(" HTTP/1.1\r\nHost: ").append(host);
  request +=
      "\r\nAccept: text/plain\r\nAccept-Encoding: identity\r\n"
      "Connection: close\r\n\r\n";
  // One budget for all: it is not renewed by octets that drip.
  stream.set_deadline(limits.budget);
  if (auto sent = stream.write_all(request); !sent) return sent.error();
  return HttpReader(stream, limits).read();
}

}  // namespace mailtool::client
