#include "app/queue_report_original.h"

#include <array>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::app {
namespace {

// What was read of a message so far.
struct Beginning {
  std::string octets;
  std::size_t header = 0;  // octets of whole header lines, with their CRLF
};

// Where the empty line behind the header begins; npos: not read so far.
std::size_t header_end(std::string_view octets) {
  if (octets.starts_with("\r\n")) return 0;
  const auto at = octets.find("\r\n\r\n");
  return at == octets.npos ? at : at + 2;
}

Result<Beginning> read_header(Source& original) {
  Beginning read;
  std::array<char, 16384> piece;
  while (read.octets.size() < kReturnedHeader) {
    auto count = original.read_some(piece);
    if (!count) return std::move(count).error();
    if (*count == 0) break;
    read.octets.append(piece.data(), *count);
    // At most 8 searches of at most 128 KiB each.
    if (const auto end = header_end(read.octets); end != std::string::npos) {
      read.header = end;
      return read;
    }
  }
  const auto last = read.octets.rfind("\r\n");
  read.header = last == std::string::npos ? 0 : last + 2;
  return read;
}

// Makes sure that nothing goes out but ASCII in lines of at most 990 octets.
class PlainLines : public Sink {
 public:
  explicit PlainLines(Sink& to) : to_(to) {}
  Result<void> write(std::string_view octets) override {
    std::string out;
    out.reserve(octets.size() + octets.size() / 64 + 2);
    for (const char c : octets) {
      if (c == '\r') continue;
      if (c == '\n' || column_ == 990) {
        out += "\r\n";
        column_ = 0;
      }
      if (c == '\n') continue;
      out += is_8bit(c) || c == '\0' ? '?' : c;
      ++column_;
    }
    return to_.write(out);
  }
  Result<void> finish() {
    return column_ == 0 ? Result<void>() : to_.write("\r\n");
  }

 private:
  Sink& to_;
  std::size_t column_ = 0;
};

Result<void> copy(std::string_view head, Source& rest, Sink& to) {
  if (auto wrote = to.write(head); !wrote) return wrote;
  std::array<char, 16384> piece;
  for (;;) {
    auto count = rest.read_some(piece);
    if (!count) return std::move(count).error();
    if (*count == 0) return {};
    if (auto wrote = to.write({piece.data(), *count}); !wrote) return wrote;
  }
}

Result<void> write_header(std::string_view header, Sink& to) {
  mime::TextScan scan;
  scan.add(header);
  if (scan.is_7bit(998)) {
    if (auto wrote = to.write("Content-Type: text/rfc822-headers\r\n\r\n");
        !wrote) {
      return wrote;
    }
    PlainLines lines(to);
    if (auto done = lines.write(header); !done) return done;
    return lines.finish();
  }
  const bool international = !is_ascii(header) && is_valid_utf8(header);
  auto wrote = to.write(
      std::string("Content-Type: ") +
      (international ? "message/global-headers" : "text/rfc822-headers") +
      "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
  if (!wrote) return wrote;
  using Encoder = mime::QuotedPrintableEncoder;
  Encoder encoder(to, vector_level(), Encoder::Dash::encoded);
  if (auto done = encoder.write(header); !done) return done;
  return encoder.finish();
}

}  // namespace

Result<void> write_original(const QueueState& state, bool whole,
                            Source& original, Sink& to) {
  auto read = read_header(original);
  if (!read) return std::move(read).error();
  const auto header = std::string_view(read->octets).substr(0, read->header);
  if (!whole) return write_header(header, to);
  if (state.body == smtp::Body::seven_bit && !state.smtputf8 &&
      is_ascii(header)) {
    if (auto wrote = to.write("Content-Type: message/rfc822\r\n\r\n"); !wrote) {
      return wrote;
    }
    PlainLines lines(to);
    if (auto done = copy(read->octets, original, lines); !done) return done;
    return lines.finish();
  }
  auto wrote = to.write(
      "Content-Type: message/global\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n");
  if (!wrote) return wrote;
  mime::Base64Encoder encoder(to);
  if (auto done = copy(read->octets, original, encoder); !done) return done;
  return encoder.finish();
}

}  // namespace mailtool::app
